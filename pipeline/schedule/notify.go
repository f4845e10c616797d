package schedule

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// Notifier tells a service manager about the daemon, by the sd_notify protocol:
// lines of KEY=VALUE in one datagram. A nil Notifier tells nobody.
type Notifier struct {
	conn  *net.UnixConn
	every time.Duration
}

// NewNotifier reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID through
// getenv (os.Getenv). Without NOTIFY_SOCKET it returns nil: no manager listens.
func NewNotifier(getenv func(string) string) (*Notifier, error) {
	path := getenv("NOTIFY_SOCKET")
	if path == "" {
		return nil, nil
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		return nil, fmt.Errorf("NOTIFY_SOCKET %q: %w", path, err)
	}
	n := &Notifier{conn: conn}
	if text := getenv("WATCHDOG_USEC"); text != "" {
		usec, err := strconv.ParseInt(text, 10, 64)
		if err != nil || usec <= 0 {
			conn.Close()
			return nil, fmt.Errorf("WATCHDOG_USEC %q: not a number of microseconds above zero", text)
		}
		// The manager may watch another process of the service.
		if pid := getenv("WATCHDOG_PID"); pid == "" || pid == strconv.Itoa(os.Getpid()) {
			n.every = time.Duration(usec) * time.Microsecond / 2
		}
	}
	return n, nil
}

// Every is how often Watchdog is to be called, half of what the manager
// allows; 0 when it does not watch.
func (n *Notifier) Every() time.Duration {
	if n == nil {
		return 0
	}
	return n.every
}

// Ready says that the daemon is up, or done with a reload.
func (n *Notifier) Ready() error { return n.send("READY=1") }

// Stopping says that the daemon ends.
func (n *Notifier) Stopping() error { return n.send("STOPPING=1") }

// Watchdog says that the daemon's loop turns. It does nothing when the manager
// does not watch.
func (n *Notifier) Watchdog() error {
	if n.Every() == 0 {
		return nil
	}
	return n.send("WATCHDOG=1")
}

// Reloading says that new jobs are being read. The manager tells this reload
// from an earlier one by the time since boot.
func (n *Notifier) Reloading() error {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &now); err != nil {
		return fmt.Errorf("time since boot: %w", err)
	}
	return n.send(fmt.Sprintf("RELOADING=1\nMONOTONIC_USEC=%d", now.Nano()/1000))
}

// Close closes the socket.
func (n *Notifier) Close() error {
	if n == nil {
		return nil
	}
	return n.conn.Close()
}

func (n *Notifier) send(state string) error {
	if n == nil {
		return nil
	}
	// A manager that does not read must not stop the clock.
	if err := n.conn.SetWriteDeadline(time.Now().Add(time.Second)); err != nil {
		return fmt.Errorf("%s: %w", state, err)
	}
	if _, err := n.conn.Write([]byte(state)); err != nil {
		return fmt.Errorf("%s: %w", state, err)
	}
	return nil
}
