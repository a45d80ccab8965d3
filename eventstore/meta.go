package eventstore

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"dialtone/domain"
)

// Meta is the custom metadata of every event. Chain stands apart: it is the
// last member of the JSON object and covers all others.
type Meta struct {
	Correlation string       `json:"$correlationId"`
	Causation   string       `json:"$causationId"`
	Actor       domain.Actor `json:"actor"`
	Channel     string       `json:"channel"`
	Reason      string       `json:"reason,omitempty"`
	Policy      string       `json:"policy,omitempty"`
	Subject     string       `json:"subject,omitempty"` // whose data key seals the personal part
	Batch       string       `json:"batch,omitempty"`
	Command     string       `json:"command"`
	At          time.Time    `json:"at"`
}

func metaOf(cause domain.Cause, subject string) Meta {
	correlation, causation := cause.Correlation, cause.Causation
	if correlation == "" {
		correlation = cause.Command
	}
	if causation == "" {
		causation = cause.Command
	}
	return Meta{
		Correlation: correlation, Causation: causation, Actor: cause.Actor, Channel: cause.Channel, Reason: cause.Reason,
		Policy: cause.Policy, Subject: subject, Batch: cause.Batch, Command: cause.Command, At: cause.At.UTC(),
	}
}

// fact gives the fact, without its event, that this metadata stands around.
func (m Meta) fact(id, stream string, revision uint64) domain.Fact {
	return domain.Fact{
		ID: id, Stream: stream, Revision: revision, At: m.At, Actor: m.Actor, Channel: m.Channel, Reason: m.Reason,
		Command: m.Command, Correlation: m.Correlation, Causation: m.Causation,
	}
}

// Chain is the SHA-256 over an event and the chain of the event before it in
// the same stream; the zero Chain stands before the first.
type Chain [sha256.Size]byte

const chainMember = `,"chain":"`

// link gives the chain of an event whose metadata does not hold it yet.
func (c Chain) link(stream string, revision uint64, p Proposed) Chain {
	hash := sha256.New()
	hash.Write(c[:])
	for _, part := range [][]byte{
		[]byte(stream), binary.BigEndian.AppendUint64(nil, revision), []byte(p.ID), []byte(p.Type), p.Meta, p.Data,
	} {
		hash.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part)))) // lengths keep neighbours apart
		hash.Write(part)
	}
	var next Chain
	hash.Sum(next[:0])
	return next
}

// withChain puts the chain into the metadata as its last member.
func withChain(meta []byte, c Chain) []byte {
	out := append(bytes.Clone(meta[:len(meta)-1]), chainMember...)
	out = hex.AppendEncode(out, c[:])
	return append(out, `"}`...)
}

// splitChain takes the chain out of the metadata again.
func splitChain(meta []byte) ([]byte, Chain, error) {
	var c Chain
	tail := len(chainMember) + hex.EncodedLen(len(c)) + len(`"}`)
	if len(meta) < tail || !bytes.HasPrefix(meta[len(meta)-tail:], []byte(chainMember)) {
		return nil, c, fmt.Errorf("the metadata does not end with its chain")
	}
	start := len(meta) - tail
	if _, err := hex.Decode(c[:], meta[start+len(chainMember):len(meta)-2]); err != nil {
		return nil, c, fmt.Errorf("the chain is not hexadecimal: %w", err)
	}
	bare := append(bytes.Clone(meta[:start]), '}')
	if !bytes.Equal(withChain(bare, c), meta) {
		return nil, c, fmt.Errorf("the chain is not written as it was")
	}
	return bare, c, nil
}

// Verify checks that a recorded event follows the chain before it, and gives
// the chain after it.
func Verify(before Chain, event Recorded) (Chain, error) {
	bare, claimed, err := splitChain(event.Meta)
	if err != nil {
		return before, err
	}
	p := event.Proposed
	p.Meta = bare
	if computed := before.link(event.Stream, event.Revision, p); computed != claimed {
		return before, fmt.Errorf("the chain says %x, the content gives %x", claimed[:6], computed[:6])
	}
	return claimed, nil
}

// ClockSkew is how far apart the clocks may be that date a command and the
// event it led to.
const ClockSkew = 5 * time.Minute

// VerifyTime checks what the chain cannot cover, since the store adds it: that
// an event was recorded neither before the event ahead of it nor before the
// command it stands for.
func VerifyTime(before time.Time, event Recorded) error {
	if event.Time.Before(before) {
		return fmt.Errorf("recorded at %s, before the event ahead of it at %s", written(event.Time), written(before))
	}
	meta, err := parseMeta(event.Meta)
	if err != nil {
		return err
	}
	if event.Time.Before(meta.At.Add(-ClockSkew)) {
		return fmt.Errorf("recorded at %s, more than %s before its command at %s", written(event.Time), ClockSkew, written(meta.At))
	}
	return nil
}

func written(at time.Time) string { return at.UTC().Format(time.RFC3339Nano) }

func parseMeta(raw []byte) (Meta, error) {
	var meta Meta
	if err := json.Unmarshal(raw, &meta); err != nil {
		return meta, fmt.Errorf("read metadata: %w", err)
	}
	return meta, nil
}

// ClaimedChain gives the chain an event's metadata holds, whether right or not.
func ClaimedChain(event Recorded) Chain {
	_, claimed, err := splitChain(event.Meta)
	if err != nil {
		return Chain{}
	}
	return claimed
}
