// Package closing closes what a test has opened when the test ends.
package closing

import (
	"io"
	"testing"
)

// After closes c when the test ends; an error fails the test.
func After(t testing.TB, c io.Closer) {
	t.Helper()
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
}
