package points_test

import (
	"slices"
	"testing"

	"dialtone/eventstore/internal/points"
)

func TestAListenerHearsWhatIsPassedAfterIt(t *testing.T) {
	points.At(points.Opening)
	var heard []points.Point
	points.Listen(func(p points.Point) { heard = append(heard, p) })
	for _, p := range points.All() {
		points.At(p)
	}
	if !slices.Equal(heard, points.All()) {
		t.Errorf("heard %v", heard)
	}
}
