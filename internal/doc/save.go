package doc

import "warta/internal/fault"

// ParseSave reads the body part of what an editor sends,
// {"base":12,"blocks":[…],"order":["ab12cd34",…]}, with the rules of Parse for
// each block. What Merge checks is left to it.
func ParseSave(data []byte) (Save, error) {
	v, err := decode(data)
	if err != nil {
		return Save{}, err
	}
	m, ok := v.(map[string]any)
	if !ok {
		return Save{}, fault.New(fault.Invalid, "a save is a JSON object")
	}
	a := &attrs{m: m, read: make(map[string]bool, len(m))}
	s := Save{Base: a.number("base", 0, 0, maxNumber)}
	blocks, order := a.list("blocks"), a.list("order")
	if m["order"] == nil {
		// Taken for an empty one it would delete the whole body.
		a.fail("order", "a save names all its blocks in order")
	}
	if err := a.done(); err != nil {
		return Save{}, err
	}
	for i, v := range blocks {
		b, err := parseTop(a.at.at("blocks", i), v)
		if err != nil {
			return Save{}, err
		}
		s.Blocks = append(s.Blocks, b)
	}
	for i, v := range order {
		id, ok := v.(string)
		if !ok || !ValidID(id) {
			return Save{}, a.at.at("order", i).bad("this is not a block id")
		}
		s.Order = append(s.Order, id)
	}
	return s, nil
}

func (a *attrs) list(key string) []any {
	v := a.value(key)
	if v == nil {
		return nil
	}
	l, ok := v.([]any)
	switch {
	case !ok:
		a.fail(key, "%s is a list", key)
	case len(l) > MaxBlocks:
		a.fail(key, "%s has at most %d entries", key, MaxBlocks)
	}
	return l
}
