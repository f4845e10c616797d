package schedule

import (
	"fmt"
	"time"
)

// DefaultTimezone is the zone of Kutai Kartanegara, UTC+8 without summer time.
const DefaultTimezone = "Asia/Makassar"

// ZoneError says why a time zone cannot be used.
type ZoneError struct {
	Zone   string
	Reason string
	Remedy string
}

func (e *ZoneError) Error() string {
	return fmt.Sprintf("timezone %.60q: %s; %s", e.Zone, e.Reason, e.Remedy)
}

// loadZone resolves an IANA name. "Local" is refused: the same project would
// run at other times on another machine.
func loadZone(name string, load func(string) (*time.Location, error)) (*time.Location, error) {
	if name == "" {
		name = DefaultTimezone
	}
	if name == "Local" {
		return nil, &ZoneError{name, "depends on the machine", "write an IANA name such as " + DefaultTimezone}
	}
	zone, err := load(name)
	if err == nil {
		return zone, nil
	}
	if _, probe := load(DefaultTimezone); probe != nil {
		return nil, &ZoneError{name, "this machine has no time-zone database", "install tzdata, or unset ZONEINFO when it names an unusable file"}
	}
	return nil, &ZoneError{name, "not in the time-zone database", "write an IANA name such as " + DefaultTimezone}
}
