package crash

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"dialtone/domain"
)

// suffer runs one life whose disk fails in the middle, then one on a sound disk
// that repeats what was cut off, and holds the file against both. It tells
// whether the store refused writes or was killed, and what is wrong.
func suffer(t *testing.T, first life, heal func(), tracer ...string) (stricken bool, complaints []string) {
	t.Helper()
	l := newLedger()
	first.Seed, first.Disk = 1, true
	killed, err := l.live(t.Context(), first, nil, tracer...)
	if err != nil {
		t.Fatal(err)
	}
	heal()
	stricken = killed || l.refusals > 0 || l.unopened > 0
	for kind, count := range l.faults {
		if kind != string(domain.Unavailable) {
			l.complain("%d appends were answered with a fault of kind %q", count, kind)
		}
	}
	if err := l.examine(t.Context(), first.Path); err != nil {
		t.Fatal(err)
	}
	again := life{Path: first.Path, Seed: 2, Number: 1, Appends: 40, Retries: l.pending(), Again: l.acknowledged(5)}
	if _, err := l.live(t.Context(), again, nil); err != nil {
		t.Fatal(err)
	}
	if err := l.examine(t.Context(), first.Path); err != nil {
		t.Fatal(err)
	}
	return stricken, l.complaints
}

// without skips a test for want of a system program, unless all must be there.
func without(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("DIALTONE_REQUIRE") == "all" {
		t.Fatalf("%s is needed", what)
	}
	t.Skipf("%s is missing", what)
}

// sweep is one way in which a call to the system goes wrong, at its n-th time
// and perhaps ever after.
type sweep struct {
	call, wrong, ever string
	stride            int // between two times that are tried in the short form
}

// run makes one call after the other go wrong until a run gets through. Calls
// are counted on each thread; the store's writer stays on one.
func (s sweep) run(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		without(t, "strace")
	}
	enough := 1 // runs in a row that get through: a failure can also be one that is made up for
	if os.Getenv("DIALTONE_LONG") != "" {
		s.stride, enough = 1, 5
	}
	runs := 0
	for n, calm := 1, 0; calm < enough; n += s.stride {
		inject := fmt.Sprintf("inject=%s:%s:when=%d%s", s.call, s.wrong, n, s.ever)
		first := life{Path: filepath.Join(t.TempDir(), "events.db"), Appends: 60}
		stricken, complaints := suffer(t, first, func() {}, strace, "-f", "-qq", "-o", first.Path+".trace", "-e", "trace="+s.call, "-e", inject)
		if len(complaints) > 0 {
			t.Fatalf("%s: %v", inject, complaints)
		}
		if calm++; stricken {
			calm = 0
		}
		if runs++; n > 5000 {
			t.Fatal("no run gets through")
		}
	}
	t.Logf("%d runs", runs)
	if runs < 5 && s.stride > 1 {
		t.Errorf("only %d runs met the failure", runs-1)
	}
}

func sweeps(t *testing.T, all ...sweep) {
	for _, s := range all {
		t.Run(s.call+" "+s.wrong+s.ever, func(t *testing.T) {
			t.Parallel()
			s.run(t)
		})
	}
}

func TestAStoreWhoseDiskFailsRefusesWrites(t *testing.T) {
	sweeps(
		t,
		sweep{"pwrite64", "error=EIO", "", 37},
		sweep{"pwrite64", "error=EIO", "+", 37},
		sweep{"pwrite64", "error=ENOSPC", "", 37},
		sweep{"pwrite64", "error=ENOSPC", "+", 37},
		sweep{"fsync", "error=EIO", "", 3},
		sweep{"fsync", "error=EIO", "+", 3},
		sweep{"ftruncate", "error=EIO", "+", 1},
	)
}

func TestAKillInTheMiddleOfAWriteLosesNothing(t *testing.T) {
	sweeps(
		t,
		sweep{"pwrite64", "signal=KILL", "", 23},
		sweep{"fsync", "signal=KILL", "", 3},
	)
}

// TestAFullDiskEndsWritingOnly fills a small file system, then makes it larger.
func TestAFullDiskEndsWritingOnly(t *testing.T) {
	folder := t.TempDir()
	mount := func(options string) error {
		output, err := exec.CommandContext(t.Context(), "mount", "-t", "tmpfs", "-o", options, "tmpfs", folder).CombinedOutput()
		if err != nil {
			return fmt.Errorf("%w: %s", err, output)
		}
		return nil
	}
	if err := mount("size=1m"); err != nil {
		t.Skipf("only root mounts a file system; the limited file stands for it: %v", err)
	}
	defer func() {
		if err := exec.Command("umount", folder).Run(); err != nil {
			t.Error(err)
		}
	}()
	heal := func() {
		if err := mount("remount,size=64m"); err != nil {
			t.Fatal(err)
		}
	}
	full, complaints := suffer(t, life{Path: filepath.Join(folder, "events.db"), Appends: 100_000}, heal)
	if !full || len(complaints) > 0 {
		t.Errorf("the disk was full: %t; %v", full, complaints)
	}
}

// limited needs no rights: the process may not write files beyond half a megabyte.
var limited = []string{"sh", "-c", `ulimit -f 1024; exec "$0"`}

func TestAFileThatMayNotGrowEndsWritingOnly(t *testing.T) {
	full, complaints := suffer(t, life{Path: filepath.Join(t.TempDir(), "events.db"), Appends: 100_000}, func() {}, limited...)
	if !full || len(complaints) > 0 {
		t.Errorf("the limit was met: %t; %v", full, complaints)
	}
}

func TestAStoreThatBoastsOnAFullDiskIsFound(t *testing.T) {
	first := life{Path: filepath.Join(t.TempDir(), "events.db"), Appends: 2000, Fault: boasting}
	if _, complaints := suffer(t, first, func() {}, limited...); len(complaints) == 0 {
		t.Error("not found")
	}
}
