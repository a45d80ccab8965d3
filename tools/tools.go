// Package tools only gives a place to pin the tools' versions.
package tools
