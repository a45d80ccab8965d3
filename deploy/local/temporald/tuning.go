package temporald

import (
	"time"

	"go.temporal.io/server/common/dynamicconfig"
)

// tuning turns a server made for clusters into one for a single machine with
// some ten thousand workflows: fewer partitions, workers and cached histories,
// no scanners that walk the whole store, no call home.
func tuning() dynamicconfig.StaticClient {
	one, few := 1, 16
	return dynamicconfig.StaticClient{
		dynamicconfig.MatchingNumTaskqueueReadPartitions.Key():  one,
		dynamicconfig.MatchingNumTaskqueueWritePartitions.Key(): one,

		dynamicconfig.TimerProcessorSchedulerWorkerCount.Key():                  few,
		dynamicconfig.MemoryTimerProcessorSchedulerWorkerCount.Key():            few,
		dynamicconfig.TransferProcessorSchedulerWorkerCount.Key():               few,
		dynamicconfig.VisibilityProcessorSchedulerWorkerCount.Key():             few,
		dynamicconfig.ArchivalProcessorSchedulerWorkerCount.Key():               one,
		dynamicconfig.ReplicationProcessorSchedulerWorkerCount.Key():            one,
		dynamicconfig.ReplicationLowPriorityProcessorSchedulerWorkerCount.Key(): one,

		// What these caches count is a workflow's state as it is stored; in memory
		// it takes several times as much. Who is at work just now fits.
		dynamicconfig.HistoryCacheSizeBasedLimit.Key():        true,
		dynamicconfig.HistoryCacheHostLevelMaxSizeBytes.Key(): 8 << 20,
		dynamicconfig.HistoryCacheTTL.Key():                   10 * time.Minute,
		dynamicconfig.EnableHostLevelEventsCache.Key():        true,
		dynamicconfig.EventsHostLevelCacheMaxSizeBytes.Key():  4 << 20,
		dynamicconfig.EventsCacheTTL.Key():                    10 * time.Minute,
		dynamicconfig.XDCCacheMaxSizeBytes.Key():              1 << 20, // for other clusters: there are none

		// Running workflows kept in memory, of all workers in the process: the
		// first is the server's own. Each takes some 100 KiB.
		dynamicconfig.WorkerStickyCacheSize.Key(): 1000,

		dynamicconfig.TaskQueueScannerEnabled.Key():       false,
		dynamicconfig.HistoryScannerEnabled.Key():         false,
		dynamicconfig.BuildIdScavengerEnabled.Key():       false,
		dynamicconfig.WorkerEnableScheduler.Key():         false,
		dynamicconfig.EnableBatcherNamespace.Key():        false,
		dynamicconfig.EnableServerVersionCheck.Key():      false,
		dynamicconfig.NamespaceCacheRefreshInterval.Key(): 30 * time.Second,
	}
}
