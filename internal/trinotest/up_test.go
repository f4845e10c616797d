package trinotest

import (
	"encoding/json"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
)

// TestStaysUp is `make engine-up`: it keeps an engine until it is told to stop
// and writes where the engine is to the file that LUMBUNG_ENGINE_UP names.
func TestStaysUp(t *testing.T) {
	file := os.Getenv("LUMBUNG_ENGINE_UP")
	if file == "" {
		t.Skip("make engine-up runs this")
	}
	nodes, err := strconv.Atoi(os.Getenv("LUMBUNG_ENGINE_NODES"))
	if err != nil {
		t.Fatal(err)
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt, syscall.SIGTERM)
	text, err := json.Marshal(Launch(t, nodes))
	if err != nil {
		t.Fatal(err)
	}
	next := filepath.Join(filepath.Dir(file), "."+filepath.Base(file))
	if err := os.WriteFile(next, append(text, '\n'), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(next, file); err != nil {
		t.Fatal(err)
	}
	<-stop
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
}
