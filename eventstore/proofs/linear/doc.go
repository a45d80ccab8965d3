// Package linear proves, in its tests, that many clients of a served store see
// one history of each stream, as if one append or read came after the other,
// although the serving process is killed and started again in between.
package linear
