// An account that takes files by SFTP, for systems that can send in no other way. Its sender signs in with an SSH key and sees
// the drop container alone. Open to the internet: that is what SFTP is for.
@minLength(3)
@maxLength(24)
param name string
param location string
param tags object
param appPrincipalId string
param publicKeys string[]
param workspaceId string

var blobContributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: 'Standard_ZRS' }
  properties: {
    isHnsEnabled: true
    isSftpEnabled: true
    isLocalUserEnabled: true
    allowBlobPublicAccess: false
    allowSharedKeyAccess: false
    allowCrossTenantReplication: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    networkAcls: { defaultAction: 'Allow', bypass: 'AzureServices' }
  }

  resource blobs 'blobServices' = {
    name: 'default'

    resource drop 'containers' = { name: 'drop' }
    resource undelivered 'containers' = { name: 'undelivered' }
  }

  resource sender 'localUsers' = {
    name: 'sender'
    properties: {
      hasSshPassword: false
      hasSshKey: true
      hasSharedKey: false
      homeDirectory: 'drop'
      sshAuthorizedKeys: [for (key, i) in publicKeys: { description: 'key ${i + 1}', key: key }]
      permissionScopes: [{ service: 'blob', resourceName: 'drop', permissions: 'cwl' }]
    }
    dependsOn: [blobs::drop]
  }

  resource lifecycle 'managementPolicies' = {
    name: 'default'
    dependsOn: [blobs]
    properties: {
      policy: {
        rules: [
          {
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

resource dropBlobs 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: account::blobs::drop
  name: guid(account.id, appPrincipalId, 'drop', blobContributor)
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', blobContributor)
  }
}

resource blobLog 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: account::blobs
  name: 'to-workspace'
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'StorageWrite', enabled: true }, { category: 'StorageDelete', enabled: true }]
  }
}

output name string = account.name
output blobEndpoint string = account.properties.primaryEndpoints.blob
output dropContainer string = account::blobs::drop.name
