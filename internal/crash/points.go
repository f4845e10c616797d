package crash

// Point names one instant of a run.
type Point string

// The instants, in the order of a run. Each stands between two steps whose
// order matters; the name says which step has just been done.
const (
	RunBegun Point = "run.begun" // the ledger has the run, nothing else happened

	LandingOpened   Point = "landing.opened"   // temporary file made
	LandingWritten  Point = "landing.written"  // all bytes written, not synced
	LandingSynced   Point = "landing.synced"   // synced, not yet checked
	LandingChecked  Point = "landing.checked"  // found sound, not yet under its hash
	LandingRenamed  Point = "landing.renamed"  // under its hash, directory not synced
	LandingRecorded Point = "landing.recorded" // the ledger knows the object

	StageWritten Point = "stage.written" // staged Parquet closed, not renamed
	StageSent    Point = "stage.sent"    // the storage, if there is one, has the unit
	StageRenamed Point = "stage.renamed" // staged unit in place
	RunStaged    Point = "run.staged"    // all units of the run staged

	BuildBegun    Point = "build.begun"    // empty build directory
	DuckLoaded    Point = "duck.loaded"    // staged units in the warehouse
	DuckAudited   Point = "duck.audited"   // models built and audited
	DuckExported  Point = "duck.exported"  // marts written
	DuckClosed    Point = "duck.closed"    // checkpoint done, database closed
	SealSynced    Point = "seal.synced"    // every file of the build synced
	SealWritten   Point = "seal.written"   // manifest written
	BuildRefused  Point = "build.refused"  // candidate moved aside
	PublishMoved  Point = "publish.moved"  // build under its snapshot id
	PublishFenced Point = "publish.fenced" // token checked, current not moved
	PublishLinked Point = "publish.linked" // current moved, directory synced
	PublishMarked Point = "publish.marked" // snapshot marked as published

	LedgerSnapshot Point = "ledger.snapshot" // the ledger knows the snapshot
	RetainLocked   Point = "retain.locked"   // lease taken, snapshot in place
	RetainMoved    Point = "retain.moved"    // old snapshot renamed away
	RetainRemoved  Point = "retain.removed"  // old snapshot deleted
	RunFinished    Point = "run.finished"    // the ledger has the outcome
)

// Points returns all points, in the order of a run.
func Points() []Point {
	return []Point{
		RunBegun,
		LandingOpened, LandingWritten, LandingSynced, LandingChecked, LandingRenamed, LandingRecorded,
		StageWritten, StageSent, StageRenamed, RunStaged,
		BuildBegun, DuckLoaded, DuckAudited, DuckExported, DuckClosed,
		SealSynced, SealWritten, BuildRefused,
		PublishMoved, PublishFenced, PublishLinked, PublishMarked,
		LedgerSnapshot, RetainLocked, RetainMoved, RetainRemoved, RunFinished,
	}
}
