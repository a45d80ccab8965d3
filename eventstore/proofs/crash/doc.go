// Package crash proves, in its tests, what a store in a SQLite file keeps when
// its process is killed or its disk fails: nothing acknowledged is lost, nothing
// is there twice, nothing is missing in between.
package crash
