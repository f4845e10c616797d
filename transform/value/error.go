package value

import "strconv"

// Error says why a text is not the value that was asked for. It knows neither
// file nor cell: whoever read the cell adds them.
type Error struct {
	// Text is the text as it was given, cut after 80 bytes.
	Text string
	// Reason continues a sentence that begins with the text: "is not a number".
	Reason string
	// Remedy tells a person what to change; "" when there is nothing general to say.
	Remedy string
}

// Error gives `"text" reason; remedy`.
func (e *Error) Error() string {
	s := strconv.Quote(e.Text) + " " + e.Reason
	if e.Remedy != "" {
		s += "; " + e.Remedy
	}
	return s
}

// maxShown bounds the text kept in an Error: a cell may hold megabytes.
const maxShown = 80

func refuse(text []byte, reason, remedy string) *Error {
	shown := string(text)
	if len(text) > maxShown {
		shown = string(text[:maxShown]) + "..."
	}
	return &Error{Text: shown, Reason: reason, Remedy: remedy}
}
