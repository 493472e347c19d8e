package backup

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"unicode/utf8"
)

// A row is a line of JSON: an array of its values. Integers and numbers are
// JSON numbers, texts are strings. Bytes, and a text that is not UTF-8, are an
// object {"base64": "…"}: JSON would change them silently.

// base64Key is the one member of the object that holds bytes.
const base64Key = "base64"

// appendRow appends a row as a line.
func appendRow(b []byte, columns []Column, row []any) ([]byte, error) {
	if len(row) != len(columns) {
		return b, fmt.Errorf("a row has %d values in %d columns", len(row), len(columns))
	}
	b = append(b, '[')
	for i, v := range row {
		if i > 0 {
			b = append(b, ',')
		}
		var err error
		if b, err = appendValue(b, v); err != nil {
			return b, fmt.Errorf("column %s: %w", columns[i].Name, err)
		}
	}
	return append(b, ']', '\n'), nil
}

func appendValue(b []byte, v any) ([]byte, error) {
	switch x := v.(type) {
	case nil:
		return append(b, "null"...), nil
	case int64:
		return strconv.AppendInt(b, x, 10), nil
	case float64:
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return b, fmt.Errorf("the number %v has no JSON form", x)
		}
		return strconv.AppendFloat(b, x, 'g', -1, 64), nil
	case string:
		if !utf8.ValidString(x) {
			return appendBytes(b, []byte(x)), nil
		}
		var buf bytes.Buffer
		enc := json.NewEncoder(&buf)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(x); err != nil {
			return b, err
		}
		return append(b, bytes.TrimRight(buf.Bytes(), "\n")...), nil
	case []byte:
		return appendBytes(b, x), nil
	}
	return b, fmt.Errorf("a value of type %T cannot be kept", v)
}

func appendBytes(b, x []byte) []byte {
	b = append(b, `{"`+base64Key+`":"`...)
	b = base64.StdEncoding.AppendEncode(b, x)
	return append(b, `"}`...)
}

// parseRow turns the decoded values of a line (numbers as json.Number) into
// those of the columns.
func parseRow(columns []Column, row []any) error {
	if len(row) != len(columns) {
		return fmt.Errorf("a row has %d values in %d columns", len(row), len(columns))
	}
	for i := range row {
		v, err := parseValue(columns[i].Kind, row[i])
		if err != nil {
			return fmt.Errorf("column %s: %w", columns[i].Name, err)
		}
		row[i] = v
	}
	return nil
}

func parseValue(kind Kind, v any) (any, error) {
	switch x := v.(type) {
	case nil:
		return nil, nil
	case json.Number:
		switch kind {
		case Integer:
			return strconv.ParseInt(x.String(), 10, 64)
		case Number:
			return strconv.ParseFloat(x.String(), 64)
		}
	case string:
		if kind == Text {
			return x, nil
		}
	case map[string]any:
		text, ok := x[base64Key].(string)
		if !ok || len(x) != 1 {
			break
		}
		raw, err := base64.StdEncoding.DecodeString(text)
		switch {
		case err != nil:
			return nil, err
		case kind == Text:
			return string(raw), nil
		case kind == Bytes:
			return raw, nil
		}
	}
	return nil, fmt.Errorf("%v is no value of kind %s", v, kind)
}
