// The queues. Attempts are counted in our own envelope; the delivery count is for work that kills its process.
param name string
param location string
param tags object

@description('By the setting that names each to the functions.')
param queues object

param appPrincipalId string
param isPublic bool
param workspaceId string

var sender = '69a216fc-b8fb-44d8-bc22-1f3c2cd27a39'
var receiver = '4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0'
var tier = isPublic ? 'Standard' : 'Premium'

resource namespace 'Microsoft.ServiceBus/namespaces@2024-01-01' = {
  name: name
  location: location
  tags: tags
  sku: { name: tier, tier: tier }
  properties: {
    disableLocalAuth: true
    minimumTlsVersion: '1.2'
    publicNetworkAccess: isPublic ? 'Enabled' : 'Disabled'
  }
}

resource queue 'Microsoft.ServiceBus/namespaces/queues@2024-01-01' = [
  for item in items(queues): {
    parent: namespace
    name: item.value.name
    properties: {
      // One mailbox is one session: its rate and its order are kept across instances.
      requiresSession: item.value.sessions
      requiresDuplicateDetection: true
      // A sweeper sends again within minutes; what comes later is stopped by the receiver's inbox.
      duplicateDetectionHistoryTimeWindow: 'PT1H'
      lockDuration: 'PT1M'
      maxDeliveryCount: 10
      // No time to live: a message is work that somebody waits for, and does not go away by itself.
      deadLetteringOnMessageExpiration: true
      maxSizeInMegabytes: 5120
      enableBatchedOperations: true
    }
  }
]

resource roles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in [sender, receiver]: {
    scope: namespace
    name: guid(namespace.id, appPrincipalId, role)
    properties: {
      principalId: appPrincipalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
    }
  }
]

resource log 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: namespace
  name: 'to-workspace'
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'OperationalLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output id string = namespace.id
output name string = namespace.name
output hostName string = '${namespace.name}.servicebus.windows.net'
