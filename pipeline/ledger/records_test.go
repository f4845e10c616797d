package ledger

import (
	"errors"
	"sync"
	"testing"
	"time"
)

func TestObjects(t *testing.T) {
	l := newLedger(t)
	ctx := t.Context()
	if _, err := l.LastObject(ctx, "idm", "u"); !errors.Is(err, ErrUnknown) {
		t.Errorf("nothing fetched yet: %v", err)
	}
	put := func(sha, etag string) {
		t.Helper()
		if err := l.RecordObject(ctx, Object{SHA256: sha, Source: "idm", URL: "u", Bytes: 9, ETag: etag}); err != nil {
			t.Fatal(err)
		}
	}
	put("aa", "1")
	put("bb", "2")
	for range 2 {
		if err := l.RecordUnmodified(ctx, "idm", "u", "bb"); err != nil {
			t.Fatal(err)
		}
	}
	last, err := l.LastObject(ctx, "idm", "u")
	if err != nil || last.SHA256 != "bb" || last.ETag != "2" || last.Unmodified != 2 || !last.LastSeen.After(last.FetchedAt) {
		t.Errorf("last object %+v (%v)", last, err)
	}
	put("aa", "3") // the older content comes back
	last, err = l.LastObject(ctx, "idm", "u")
	if err != nil || last.SHA256 != "aa" || last.ETag != "3" || last.Unmodified != 0 || !last.FirstSeen.Before(last.LastSeen) {
		t.Errorf("after the older content came back: %+v (%v)", last, err)
	}
	if err := l.RecordUnmodified(ctx, "idm", "u", "cc"); !errors.Is(err, ErrUnknown) {
		t.Errorf("unmodified without an object: %v", err)
	}
	if err := l.RecordObject(ctx, Object{SHA256: "aa", Source: "other", URL: "v", Bytes: 9}); err != nil {
		t.Fatal(err)
	}
	places, err := l.Objects(ctx, "aa")
	if err != nil || len(places) != 2 || places[0].Source != "idm" || places[1].Source != "other" {
		t.Errorf("places of aa: %+v (%v)", places, err)
	}
}

func TestLastGoodSurvivesABadSuccessor(t *testing.T) {
	l := newLedger(t)
	ctx := t.Context()
	good := Release{Source: "idm", Period: "2024", Revision: "1", Contract: "idm-2024", PartsHash: "p1", State: ReleaseOK, StageKey: "k1", Run: "r000001"}
	bad := good
	bad.PartsHash, bad.State, bad.StageKey, bad.Error, bad.Run = "p2", ReleaseRefused, "", "a kecamatan is missing", "r000002"
	stale := good
	stale.State, stale.Run = ReleaseStale, "r000002"
	other := good
	other.Contract, other.StageKey = "idm-2024-rekap", "k9"
	for _, r := range []Release{good, other, bad, stale} {
		if err := l.RecordRelease(ctx, r); err != nil {
			t.Fatal(err)
		}
	}
	found, err := l.LastGood(ctx, "idm", "2024")
	if err != nil || len(found) != 2 {
		t.Fatalf("%+v (%v)", found, err)
	}
	if f := found[0]; f.StageKey != "k1" || f.State != ReleaseStale || f.LastGood.IsZero() || !f.LastSeen.After(f.LastGood) {
		t.Errorf("last good: %+v", f)
	}
	if found[1].StageKey != "k9" {
		t.Errorf("last good of the other contract: %+v", found[1])
	}
	if found, err := l.LastGood(ctx, "idm", "2025"); err != nil || len(found) != 0 {
		t.Errorf("a period that never was good: %+v (%v)", found, err)
	}
	all, err := l.Releases(ctx, "idm")
	if err != nil || len(all) != 3 || all[1].Error != bad.Error || !all[1].LastGood.IsZero() {
		t.Errorf("releases: %+v (%v)", all, err)
	}
	if all, err := l.Releases(ctx, ""); err != nil || len(all) != 3 {
		t.Errorf("releases of all sources: %d (%v)", len(all), err)
	}
	bad.State = "lost"
	if err := l.RecordRelease(ctx, bad); err == nil {
		t.Error("a state that does not exist was taken")
	}
}

func TestSourceStates(t *testing.T) {
	l := newLedger(t)
	ctx := t.Context()
	for _, s := range []SourceState{
		{Source: "idm", State: "ok", Run: "r000001"},
		{Source: "idm", State: "stale", Error: "403", Run: "r000002"},
		{Source: "blt", State: "refused", Error: "no header", Run: "r000002"},
	} {
		if err := l.RecordSource(ctx, s); err != nil {
			t.Fatal(err)
		}
	}
	states, err := l.SourceStates(ctx)
	if err != nil || len(states) != 2 {
		t.Fatalf("%+v (%v)", states, err)
	}
	if s := states[0]; s.Source != "blt" || !s.LastOK.IsZero() || s.Error != "no header" {
		t.Errorf("blt: %+v", s)
	}
	if s := states[1]; s.State != "stale" || s.LastOK.IsZero() || !s.Checked.After(s.LastOK) || s.Run != "r000002" {
		t.Errorf("idm: %+v", s)
	}
}

func TestSnapshots(t *testing.T) {
	l := newLedger(t)
	ctx := t.Context()
	created := time.Date(2026, 11, 24, 2, 10, 0, 0, time.UTC)
	for _, id := range []string{"b", "a", "b"} {
		if err := l.RecordSnapshot(ctx, Snapshot{ID: id, Run: "r000001", Created: created, Content: "c", Manifest: "m"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.RecordRetired(ctx, "b"); err != nil {
		t.Fatal(err)
	}
	found, err := l.Snapshots(ctx)
	if err != nil || len(found) != 2 || found[0].ID != "a" || !found[0].Retired.IsZero() || found[1].Retired.IsZero() || !found[1].Created.Equal(created) {
		t.Errorf("%+v (%v)", found, err)
	}
}

func TestInstantIsClaimedOnce(t *testing.T) {
	const claimants, instants = 8, 20
	path := newPath(t)
	base := time.Date(2026, 11, 24, 17, 0, 0, 0, time.FixedZone("WITA", 8*3600))
	var mu sync.Mutex
	won := map[time.Time]int{}
	var wg sync.WaitGroup
	for range claimants {
		l := openTest(t, path)
		wg.Go(func() {
			for i := range instants {
				instant := base.AddDate(0, 0, i)
				ok, err := l.Claim(t.Context(), "kukar", instant)
				if err != nil {
					t.Error(err)
				}
				if ok {
					mu.Lock()
					won[instant.UTC()]++
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	if len(won) != instants {
		t.Errorf("%d instants were claimed, want %d", len(won), instants)
	}
	for instant, n := range won {
		if n != 1 {
			t.Errorf("%s was claimed %d times", instant, n)
		}
	}
}

func TestMissedInstants(t *testing.T) {
	l := newLedger(t)
	ctx := t.Context()
	if _, err := l.LastClaim(ctx, "kukar"); !errors.Is(err, ErrUnknown) {
		t.Errorf("nothing claimed yet: %v", err)
	}
	var due []time.Time
	for day := range 4 {
		due = append(due, time.Date(2026, 11, 20+day, 17, 0, 0, 0, time.UTC))
	}
	if ok, err := l.Claim(ctx, "kukar", due[0]); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if ok, err := l.RecordMissed(ctx, "kukar", due[1], "machine off"); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if ok, err := l.RecordSkipped(ctx, "kukar", due[0], "busy"); ok || err != nil {
		t.Errorf("a claimed instant was skipped: %v (%v)", ok, err)
	}
	missed, err := l.MissedSince(ctx, "kukar", due)
	if err != nil || len(missed) != 2 || !missed[0].Equal(due[2]) {
		t.Errorf("missed %v (%v)", missed, err)
	}
	if missed, err := l.MissedSince(ctx, "other", due[:1]); err != nil || len(missed) != 1 {
		t.Errorf("another pipeline's instants: %v (%v)", missed, err)
	}
	last, err := l.LastClaim(ctx, "kukar")
	if err != nil || !last.Equal(due[1]) {
		t.Errorf("last instant %v (%v)", last, err)
	}
	list, err := l.Instants(ctx, "kukar", 10)
	if err != nil || len(list) != 2 || list[0].State != "missed" || list[0].Reason != "machine off" {
		t.Errorf("instants %+v (%v)", list, err)
	}
}

func TestRevisionsAreNumberedInTheOrderSeen(t *testing.T) {
	l := newLedger(t)
	ctx := t.Context()
	see := func(hash string, number, latest int, fresh bool) Revision {
		t.Helper()
		r, isFresh, last, err := l.SeeRevision(ctx, "idm", 2024, hash, []Part{{Name: "a.xlsx", SHA256: hash, Bytes: 3}})
		if err != nil || r.Number != number || isFresh != fresh || last != latest || r.Parts[0].SHA256 != hash {
			t.Errorf("%s: %+v, fresh %v, latest %d (%v)", hash, r, isFresh, last, err)
		}
		return r
	}
	first := see("aa", 1, 1, true)
	see("bb", 2, 2, true)
	see("aa", 1, 2, false) // the older content comes back
	if err := l.RestoreRevisions(ctx, []Revision{first}); err != nil {
		t.Fatal(err)
	}
	good, err := l.GoodRevisions(ctx, "idm")
	if err != nil || len(good) != 1 || good[0].Hash != "aa" || !good[0].Good {
		t.Errorf("good %+v (%v)", good, err)
	}
	lost := Revision{Source: "idm", Period: 2023, Number: 4, Hash: "cc", Parts: first.Parts}
	if err := l.RestoreRevisions(ctx, []Revision{lost}); err != nil {
		t.Fatal(err)
	}
	if good, err = l.GoodRevisions(ctx, "idm"); err != nil || len(good) != 2 || good[0].Number != 4 {
		t.Errorf("a revision that only a manifest knew: %+v (%v)", good, err)
	}
	all, err := l.Revisions(ctx, "")
	if err != nil || len(all) != 3 || !all[1].LastSeen.After(all[1].FirstSeen) {
		t.Errorf("all %+v (%v)", all, err)
	}
}

func TestOldStepsAreForgotten(t *testing.T) {
	l := newLedger(t)
	ctx := t.Context()
	var ids []string
	for range 5 {
		run, _, err := l.BeginRun(ctx, Start{Pipeline: "p"})
		if err != nil {
			t.Fatal(err)
		}
		step := Step{Name: "stage", Source: "idm", Started: run.Started, Finished: run.Started, State: StepOK}
		if err := l.RecordSteps(ctx, run.ID, []Step{step, step}); err != nil {
			t.Fatal(err)
		}
		if err := l.FinishRun(ctx, run.ID, End{Outcome: Published}); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, run.ID)
	}
	if err := l.ForgetSteps(ctx, 2, map[string]bool{ids[1]: true}); err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{0, 2, 0, 2, 2} {
		run, steps, err := l.Run(ctx, ids[i])
		if err != nil || run.Outcome != Published || len(steps) != want {
			t.Errorf("run %d is %s with %d steps (%v), want %d", i, run.Outcome, len(steps), err, want)
		}
	}
}

func TestGroupsAreWholeOrNothing(t *testing.T) {
	l := newLedger(t)
	ctx := t.Context()
	run, _, err := l.BeginRun(ctx, Start{Pipeline: "p"})
	if err != nil {
		t.Fatal(err)
	}
	good := Step{Name: "stage", Source: "idm", Started: run.Started, Finished: run.Started, State: StepOK, Rows: 4, Duration: time.Second}
	bad := good
	bad.State = "lost"
	if err := l.RecordSteps(ctx, run.ID, []Step{good, bad}); err == nil {
		t.Error("a state that does not exist was taken")
	}
	if err := l.RecordSteps(ctx, run.ID, []Step{good}); err != nil {
		t.Fatal(err)
	}
	_, steps, err := l.Run(ctx, run.ID)
	if err != nil || len(steps) != 1 || steps[0].Rows != 4 || steps[0].Duration != time.Second {
		t.Errorf("steps %+v (%v)", steps, err)
	}
	if err := l.RecordSources(ctx, []SourceState{{Source: "idm", State: "ok"}, {Source: "blt", State: "lost"}}); err == nil {
		t.Error("a state that does not exist was taken")
	}
	if states, err := l.SourceStates(ctx); err != nil || len(states) != 0 {
		t.Errorf("states %+v (%v)", states, err)
	}
}
