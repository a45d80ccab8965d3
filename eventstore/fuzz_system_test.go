package eventstore_test

import (
	"bytes"
	"encoding/json"
	"math"
	"reflect"
	"testing"

	"dialtone/eventstore"
)

var metadata = []string{
	`{}`, `null`, ``, `[]`, `{"$tb":9223372036854775807}`, `{"$maxCount":3,"$maxAge":60,"$acl":{"$r":"$all"}}`,
	`{"$tb":-1}`, `{"$tb":1e3}`, `{"$tb":18446744073709551615}`, `{"$maxAge":9223372036854775807}`, `{"$tb":1,"$tb":2,"a":"<&>"}`,
}

// FuzzParseStreamMeta reads any metadata of a stream.
func FuzzParseStreamMeta(f *testing.F) {
	for _, data := range metadata {
		f.Add([]byte(data))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		meta := eventstore.ParseStreamMeta(data)
		if meta.MaxAge < 0 || meta.TruncateBefore > math.MaxInt64 || meta.MaxCount > math.MaxInt64 {
			t.Errorf("%+v", meta)
		}
		if !json.Valid(data) && meta != (eventstore.StreamMeta{}) {
			t.Errorf("what is no JSON says %+v", meta)
		}
	})
}

// FuzzRestoredMeta brings a stream with any metadata back.
func FuzzRestoredMeta(f *testing.F) {
	for _, data := range metadata {
		f.Add([]byte(data), uint64(7))
	}
	f.Fuzz(func(t *testing.T, data []byte, from uint64) {
		from &= math.MaxInt64 // as revisions are
		restored, ok := eventstore.RestoredMeta(data, from)
		before, object := members(t, data)
		if ok != object {
			t.Fatalf("%q is an object: %t", data, object)
		}
		if !ok {
			return
		}
		if got := eventstore.ParseStreamMeta(restored).TruncateBefore; got != from {
			t.Errorf("%s begins at %d, want %d", restored, got, from)
		}
		after, _ := members(t, restored)
		delete(before, "$tb")
		delete(after, "$tb")
		if !reflect.DeepEqual(before, after) {
			t.Errorf("%v became %v", before, after)
		}
	})
}

// members gives the members of a JSON object, numbers as they are written.
func members(t *testing.T, data []byte) (map[string]any, bool) {
	t.Helper()
	if !json.Valid(data) {
		return nil, false
	}
	var object map[string]any
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if decoder.Decode(&object) != nil || object == nil {
		return nil, false
	}
	return object, true
}
