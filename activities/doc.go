// Package activities performs the effects a workflow asks for and records the
// facts that follow. A sender here makes one attempt and says how it ended;
// waiting and trying again are the workflow's.
package activities
