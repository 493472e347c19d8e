package ingest

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"warta/internal/fault"
)

// eachValue calls visit with the path of every value ("bodies[0].value") and
// the offset behind its first token, in the order of the text, until visit
// answers false or the text stops being JSON. It is for errors only.
func eachValue(data []byte, visit func(path string, end int64) bool) {
	dec := json.NewDecoder(bytes.NewReader(data))
	var walk func(path string) bool
	walk = func(path string) bool {
		t, err := dec.Token()
		if err != nil {
			visit(path, int64(len(data))) // here it stops being JSON
			return false
		}
		if !visit(path, dec.InputOffset()) {
			return false
		}
		switch t {
		case json.Delim('{'):
			for dec.More() {
				k, err := dec.Token()
				name, _ := k.(string)
				if err != nil || !walk(strings.TrimPrefix(path+"."+name, ".")) {
					return false
				}
			}
			_, err = dec.Token()
		case json.Delim('['):
			for i := 0; dec.More(); i++ {
				if !walk(path + "[" + strconv.Itoa(i) + "]") {
					return false
				}
			}
			_, err = dec.Token()
		}
		return err == nil
	}
	walk("")
}

// pathAt returns the path of the value in which the offset lies.
func pathAt(data []byte, offset int64) (path string) {
	eachValue(data, func(p string, end int64) bool {
		path = p
		return end < offset
	})
	return path
}

// lineOf returns how many lines below the first one the value at path stands.
func lineOf(data []byte, path string) int {
	if path == "" {
		return 0
	}
	at := int64(0)
	eachValue(data, func(p string, end int64) bool {
		if strings.EqualFold(p, path) {
			at = end
			return false
		}
		return true
	})
	return bytes.Count(data[:at], []byte{'\n'})
}

// decodeError turns what encoding/json says about data into a sentence with the
// field's path.
func decodeError(data []byte, err error) error {
	var wrongType *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	var own *fault.Error
	switch {
	case errors.As(err, &own): // of all that is read only our document checks itself
		e := fault.New(own.Kind, "%s", own.Message)
		e.Field = strings.TrimSuffix("warta.body."+own.Field, ".")
		return e
	case errors.As(err, &wrongType):
		return fault.Input(pathAt(data, wrongType.Offset), "%s is needed here, and this is: %s", wanted(wrongType), wrongType.Value)
	case errors.As(err, &syntax):
		e := fault.New(fault.Invalid, "this is not JSON: %w", syntax)
		e.Field = pathAt(data, syntax.Offset)
		return e
	}
	return fault.New(fault.Invalid, "this cannot be read: %w", err)
}

func wanted(err *json.UnmarshalTypeError) string {
	switch err.Type.Kind().String() {
	case "slice":
		return "a list"
	case "struct":
		return "an object"
	case "string":
		return "a text"
	}
	return "a number"
}

// fieldOf returns the path that an error names.
func fieldOf(err error) string {
	var e *fault.Error
	if errors.As(err, &e) {
		return e.Field
	}
	return ""
}
