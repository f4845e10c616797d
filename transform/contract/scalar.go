package contract

import (
	"fmt"

	"github.com/goccy/go-yaml"
)

// List is a list of texts; one text alone may stand for a list of one.
type List []string

// UnmarshalYAML accepts a scalar or a sequence of scalars.
func (l *List) UnmarshalYAML(b []byte) error {
	var one string
	if err := yaml.UnmarshalWithOptions(b, &one, yaml.Strict()); err == nil {
		*l = List{one}
		return nil
	}
	var many []string
	if err := yaml.UnmarshalWithOptions(b, &many, yaml.Strict()); err != nil {
		return fmt.Errorf("a text or a list of texts is wanted")
	}
	*l = many
	return nil
}

// Number is a number of the contract, kept as it was written so that decimals stay exact.
type Number string

// UnmarshalYAML keeps the digits.
func (n *Number) UnmarshalYAML(b []byte) error {
	var s string
	if err := yaml.Unmarshal(b, &s); err != nil {
		return fmt.Errorf("a number is wanted")
	}
	*n = Number(s)
	return nil
}

// UnmarshalYAML accepts a mapping or the word none.
func (h *Header) UnmarshalYAML(b []byte) error {
	var word string
	if err := yaml.Unmarshal(b, &word); err == nil && word != "" {
		if word != "none" {
			return fmt.Errorf(`header: {row: N}, or the word none, is wanted, not %q`, word)
		}
		h.None = true
		return nil
	}
	type plain Header
	p := plain{}
	if err := yaml.UnmarshalWithOptions(b, &p, yaml.Strict()); err != nil {
		return err
	}
	*h = Header(p)
	return nil
}
