package temporald

import (
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/server/common/cluster"
	serverconfig "go.temporal.io/server/common/config"
	sqliteplugin "go.temporal.io/server/common/persistence/sql/sqlplugin/sqlite"
)

// clusterName is written into the store at the first start and never changes.
const clusterName = "active"

var describeNamespace = &workflowservice.DescribeNamespaceRequest{Namespace: Namespace}

// engineConfig is the static configuration: four services in one process, one
// store, no metrics of their own, no archival, no profiling port.
func engineConfig(hosts hosts, store *serverconfig.SQL) *serverconfig.Config {
	disabled := "disabled"
	return &serverconfig.Config{
		Persistence: serverconfig.Persistence{
			DefaultStore:     sqliteplugin.PluginName,
			VisibilityStore:  sqliteplugin.PluginName,
			NumHistoryShards: 4,
			DataStores:       map[string]serverconfig.DataStore{sqliteplugin.PluginName: {SQL: store}},
		},
		ClusterMetadata: &cluster.Config{
			FailoverVersionIncrement: 10,
			MasterClusterName:        clusterName,
			CurrentClusterName:       clusterName,
			ClusterInformation: map[string]cluster.ClusterInformation{
				clusterName: {Enabled: true, InitialFailoverVersion: 1, RPCAddress: hosts.frontend},
			},
		},
		DCRedirectionPolicy: serverconfig.DCRedirectionPolicy{Policy: "noop"},
		PublicClient:        serverconfig.PublicClient{HostPort: hosts.frontend},
		Services: map[string]serverconfig.Service{
			"frontend": service(hosts.frontend),
			"history":  service(hosts.history),
			"matching": service(hosts.matching),
			"worker":   service(hosts.worker),
		},
		Archival: serverconfig.Archival{
			History:    serverconfig.HistoryArchival{State: disabled},
			Visibility: serverconfig.VisibilityArchival{State: disabled},
		},
		NamespaceDefaults: serverconfig.NamespaceDefaults{
			Archival: serverconfig.ArchivalNamespaceDefaults{
				History:    serverconfig.HistoryArchivalNamespaceDefaults{State: disabled},
				Visibility: serverconfig.VisibilityArchivalNamespaceDefaults{State: disabled},
			},
		},
	}
}
