// Two accounts: one for the district's data, one for the Functions host (the deployed package, timers' leases), so that what the
// host needs gives it no way to a pupil's record.
@minLength(3)
@maxLength(24)
param name string
param location string
param tags object
param appPrincipalId string
param dropWriters string[]
param operators string[]
param isPublic bool
param workspaceId string

@description('Tables of the storage map, design.md.')
var tables = ['attendance', 'directory', 'pupils', 'schools', 'district', 'feeds', 'reports', 'audit']

var blobOwner = 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
var blobContributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
var tableContributor = '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'

resource data 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: 'Standard_ZRS' }
  properties: {
    allowBlobPublicAccess: false
    allowSharedKeyAccess: false
    allowCrossTenantReplication: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: isPublic ? 'Enabled' : 'Disabled'
    networkAcls: { defaultAction: isPublic ? 'Allow' : 'Deny', bypass: 'AzureServices' }
  }

  resource blobs 'blobServices' = {
    name: 'default'
    properties: {
      deleteRetentionPolicy: { enabled: true, days: 14 }
      containerDeleteRetentionPolicy: { enabled: true, days: 14 }
    }

    resource archive 'containers' = { name: 'archive' }
    resource drop 'containers' = { name: 'drop' }
    resource undelivered 'containers' = { name: 'undelivered' }
  }

  resource tableService 'tableServices' = {
    name: 'default'

    resource table 'tables' = [for table in tables: { name: table }]
  }

  resource lifecycle 'managementPolicies' = {
    name: 'default'
    dependsOn: [blobs]
    properties: {
      policy: {
        rules: [
          {
            // A feed is read in the days after its arrival, and then only when somebody asks for its rows.
            name: 'archive-cools'
            type: 'Lifecycle'
            enabled: true
            definition: {
              filters: { blobTypes: ['blockBlob'], prefixMatch: ['archive/feeds/'] }
              actions: { baseBlob: { tierToCool: { daysAfterModificationGreaterThan: 30 } } }
            }
          }
          {
            // What was taken in is taken away at once; what is left was refused or not meant.
            name: 'drop-empties'
            type: 'Lifecycle'
            enabled: true
            definition: {
              filters: { blobTypes: ['blockBlob'], prefixMatch: ['drop/', 'undelivered/'] }
              actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: 14 } } }
            }
          }
        ]
      }
    }
  }
}

resource host 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: 'h${take(name, 23)}'
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: 'Standard_LRS' }
  properties: {
    allowBlobPublicAccess: false
    allowSharedKeyAccess: false
    allowCrossTenantReplication: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: isPublic ? 'Enabled' : 'Disabled'
    networkAcls: { defaultAction: isPublic ? 'Allow' : 'Deny', bypass: 'AzureServices' }
  }

  resource blobs 'blobServices' = {
    name: 'default'

    resource deployments 'containers' = { name: 'deployments' }
  }
}

// The host keeps leases and its package: blobs of its own account, nothing else.
resource hostBlobs 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: host
  name: guid(host.id, appPrincipalId, blobOwner)
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', blobOwner)
  }
}

resource dataTables 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: data::tableService
  name: guid(data.id, appPrincipalId, tableContributor)
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', tableContributor)
  }
}

resource archiveBlobs 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: data::blobs::archive
  name: guid(data.id, appPrincipalId, 'archive', blobContributor)
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', blobContributor)
  }
}

resource dropBlobs 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: data::blobs::drop
  name: guid(data.id, appPrincipalId, 'drop', blobContributor)
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', blobContributor)
  }
}

resource dropWriter 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for principal in dropWriters: {
    scope: data::blobs::drop
    name: guid(data.id, principal, 'drop-writer', blobContributor)
    properties: {
      principalId: principal
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', blobContributor)
    }
  }
]

resource operatorTables 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for principal in operators: {
    scope: data::tableService
    name: guid(data.id, principal, 'operator', tableContributor)
    properties: {
      principalId: principal
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', tableContributor)
    }
  }
]

resource operatorArchive 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for principal in operators: {
    scope: data::blobs::archive
    name: guid(data.id, principal, 'operator', blobContributor)
    properties: {
      principalId: principal
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', blobContributor)
    }
  }
]

resource tableLog 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: data::tableService
  name: 'to-workspace'
  properties: {
    workspaceId: workspaceId
    // Who read or changed tables; the metrics say when a partition was too busy.
    logs: [{ category: 'StorageDelete', enabled: true }]
    metrics: [{ category: 'Transaction', enabled: true }]
  }
}

output dataId string = data.id
output dataName string = data.name
output hostId string = host.id
output hostName string = host.name
output tableEndpoint string = data.properties.primaryEndpoints.table
output blobEndpoint string = data.properties.primaryEndpoints.blob
output dropContainer string = data::blobs::drop.name
output deploymentContainerUrl string = '${host.properties.primaryEndpoints.blob}${host::blobs::deployments.name}'
