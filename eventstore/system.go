package eventstore

import (
	"encoding/json"
	"math"
	"strings"
	"time"
)

// Names of EventStoreDB's own: the prefix of streams that hold the metadata of
// others, the types of events with a meaning, and the revision of a tombstone.
const (
	MetaPrefix        = "$$"
	TypeMetadata      = "$metadata"
	TypeTombstone     = "$streamDeleted"
	TypeLink          = "$>"
	TombstoneRevision = uint64(math.MaxInt64)
)

// MetaStream names the stream that holds a stream's metadata.
func MetaStream(stream string) string { return MetaPrefix + stream }

// MetaOf gives the stream whose metadata a stream holds.
func MetaOf(stream string) (subject string, ok bool) { return strings.CutPrefix(stream, MetaPrefix) }

// StreamMeta is what a stream's metadata says of its visible part. Zero values
// hide nothing; values that make no sense are left out.
type StreamMeta struct {
	TruncateBefore uint64        // events of a smaller revision are hidden
	MaxCount       uint64        // only so many of the last are visible
	MaxAge         time.Duration // older ones are hidden
}

// Deleted tells that a stream was deleted, but not for good.
func (m StreamMeta) Deleted() bool { return m.TruncateBefore == TombstoneRevision }

// metaNames are the members of a metadata event that mean something here.
const (
	nameTruncateBefore = "$tb"
	nameMaxCount       = "$maxCount"
	nameMaxAge         = "$maxAge" // whole seconds
)

// ParseStreamMeta reads the data of a metadata event. What is no JSON object
// says nothing.
func ParseStreamMeta(data []byte) StreamMeta {
	var members map[string]json.RawMessage
	if json.Unmarshal(data, &members) != nil {
		return StreamMeta{}
	}
	number := func(name string) uint64 {
		var n int64
		if json.Unmarshal(members[name], &n) != nil || n < 0 {
			return 0
		}
		return uint64(n)
	}
	return StreamMeta{
		TruncateBefore: number(nameTruncateBefore), MaxCount: number(nameMaxCount),
		MaxAge: time.Duration(min(number(nameMaxAge), uint64(math.MaxInt64/time.Second))) * time.Second,
	}
}

// DeletedMeta is the data of the metadata event that deletes a stream.
func DeletedMeta() []byte { return []byte(`{"$tb":9223372036854775807}`) }

// RestoredMeta gives the data of the metadata event that brings a deleted stream
// back from a revision on: all other members stay. It is false where the old
// data is no JSON object.
func RestoredMeta(data []byte, from uint64) ([]byte, bool) {
	members := map[string]json.RawMessage{}
	if json.Unmarshal(data, &members) != nil || members == nil {
		return nil, false
	}
	members[nameTruncateBefore], _ = json.Marshal(from) // a number always can be
	restored, err := json.Marshal(members)
	return restored, err == nil
}
