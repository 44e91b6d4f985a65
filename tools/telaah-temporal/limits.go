package main

import (
	"time"

	"go.temporal.io/server/common/dynamicconfig"
)

// namespaceRefresh is how often each service reads the namespaces anew.
const namespaceRefresh = time.Second

// limits lifts the server's guards for many tenants on shared hosts: here one program is the only client, and the
// launch of 100,000 pipelines must not be refused by its own server. The pools of connections are the real limit.
func limits() dynamicconfig.StaticClient {
	const unlimited = 1_000_000
	settings := dynamicconfig.StaticClient{
		dynamicconfig.NamespaceCacheRefreshInterval.Key(): namespaceRefresh,
		// Long polls per kind of call: enough for hundreds of pollers.
		dynamicconfig.FrontendMaxConcurrentLongRunningRequestsPerInstance.Key(): 20_000,
		// Executions kept in memory, each some 20 kB: a tenth of the default's gigabytes, and sleeping ones are seldom read.
		dynamicconfig.HistoryCacheHostLevelMaxSize.Key(): 12_800,
	}
	for _, key := range []dynamicconfig.Key{
		dynamicconfig.FrontendRPS.Key(),
		dynamicconfig.FrontendMaxNamespaceRPSPerInstance.Key(),
		dynamicconfig.FrontendMaxNamespaceVisibilityRPSPerInstance.Key(),
		dynamicconfig.FrontendGlobalWorkerDeploymentReadRPS.Key(),
		dynamicconfig.HistoryRPS.Key(),
		dynamicconfig.MatchingRPS.Key(),
		dynamicconfig.FrontendPersistenceMaxQPS.Key(),
		dynamicconfig.HistoryPersistenceMaxQPS.Key(),
		dynamicconfig.MatchingPersistenceMaxQPS.Key(),
		dynamicconfig.WorkerPersistenceMaxQPS.Key(),
		dynamicconfig.VisibilityPersistenceMaxReadQPS.Key(),
		dynamicconfig.VisibilityPersistenceMaxWriteQPS.Key(),
	} {
		settings[key] = unlimited
	}
	return settings
}
