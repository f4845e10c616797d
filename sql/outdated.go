package sql

import "fmt"

// OutdatedError means that a snapshot lacks a column which the models of this program make.
type OutdatedError struct{ Snapshot, Relation, Column string }

func (e *OutdatedError) Error() string {
	return fmt.Sprintf("snapshot %s was made by another version of lumbung: %s has no column %s; `lumbung run` of this version publishes one that has",
		e.Snapshot, e.Relation, e.Column)
}
