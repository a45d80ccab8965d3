package company

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"dialtone/domain"
)

// BlockLimit is the most numbers one block may hold.
const BlockLimit = 10_000

func digits(n domain.E164) uint64 {
	value, err := strconv.ParseUint(string(n[1:]), 10, 64)
	if err != nil {
		return 0 // not reached: Check has seen the form
	}
	return value
}

// Check tells what is wrong with a block as it was written.
func (b Block) Check(c *domain.Check, pointer string) {
	c.Need(b.From.Valid(), pointer+"/from", "e164", "is an E.164 number such as +4930123450, not %q", string(b.From))
	c.Need(b.To.Valid(), pointer+"/to", "e164", "is an E.164 number such as +4930123459, not %q", string(b.To))
	if !b.From.Valid() || !b.To.Valid() {
		return
	}
	c.Need(len(b.From) == len(b.To) && b.From <= b.To, pointer+"/to", "order", "has as many digits as from and is not below it")
	if len(b.From) == len(b.To) && b.From <= b.To {
		c.Need(b.Count() <= BlockLimit, pointer+"/to", "too-large", "makes a block of %d numbers, at most %d are allowed", b.Count(), BlockLimit)
	}
}

// Count is how many numbers the block holds.
func (b Block) Count() int { return int(digits(b.To)-digits(b.From)) + 1 } //nolint:gosec // both ends have at most 15 digits

// Contains tells whether a number lies in the block.
func (b Block) Contains(n domain.E164) bool {
	return len(n) == len(b.From) && b.From <= n && n <= b.To
}

// Overlaps tells whether two blocks share a number.
func (b Block) Overlaps(other Block) bool {
	return len(b.From) == len(other.From) && b.From <= other.To && other.From <= b.To
}

// without takes numbers out of blocks, which may leave the ends of some.
func without(blocks []Block, gone Block) []Block {
	var left []Block
	for _, b := range blocks {
		if !b.Overlaps(gone) {
			left = append(left, b)
			continue
		}
		if b.From < gone.From {
			left = append(left, Block{From: b.From, To: plus(gone.From, -1)})
		}
		if gone.To < b.To {
			left = append(left, Block{From: plus(gone.To, 1), To: b.To})
		}
	}
	return left
}

func plus(n domain.E164, step int64) domain.E164 {
	return domain.E164("+" + strconv.FormatInt(int64(digits(n))+step, 10)) //nolint:gosec // at most 15 digits
}

// Joined gives numbers as blocks, in order, each as long as it can be.
func Joined(numbers []domain.E164) []Block {
	sorted := slices.Clone(numbers)
	slices.SortFunc(sorted, func(a, b domain.E164) int {
		return cmp.Or(len(a)-len(b), strings.Compare(string(a), string(b)))
	})
	var blocks []Block
	for _, n := range slices.Compact(sorted) {
		if last := len(blocks) - 1; last >= 0 && plus(blocks[last].To, 1) == n {
			blocks[last].To = n
			continue
		}
		blocks = append(blocks, Block{From: n, To: n})
	}
	return blocks
}

// Numbers lists the block's numbers in order.
func (b Block) Numbers() []domain.E164 {
	numbers := make([]domain.E164, 0, b.Count())
	for n := digits(b.From); n <= digits(b.To); n++ {
		numbers = append(numbers, domain.E164("+"+strconv.FormatUint(n, 10)))
	}
	return numbers
}
