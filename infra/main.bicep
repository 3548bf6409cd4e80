// SchoolSignal for one district: everything it runs on, in one resource group. docs/operations.md says how it is deployed.
// No key opens anything here: the app's identity does, with the roles below and no others.
targetScope = 'resourceGroup'

@description('Names the environment, such as production or test: letters and digits, in every resource name.')
@minLength(2)
@maxLength(10)
param environmentName string

@description('Region of every resource. Flex Consumption has to be offered there.')
param location string = resourceGroup().location

@description('The district\'s id: 1 to 60 letters, digits, - _ or . It is the first part of every key and never changes.')
@minLength(1)
@maxLength(60)
param district string

@description('Where people reach the app, such as https://signal.district.example; empty is the app\'s own address.')
param publicOrigin string = ''

@description('The tenant that people sign in with.')
param tenantId string = tenant().tenantId

@description('Client id of the app registration that infra/entra/register.sh makes.')
param appRegistrationClientId string

@description('The shared mailbox that alerts go out from.')
param mailbox string

@description('True in production: alerts go to whom they are for. False: only to those in alertsOnlyTo.')
param alertsToEverybody bool = false

@description('Outside production: the only addresses that are written to.')
param alertsOnlyTo string[] = []

@description('Id of the app in the organisation\'s Teams catalogue; empty sends nothing to Teams.')
param teamsAppId string = ''

@description('True closes storage, Service Bus and Key Vault to the internet; the app reaches them through a network of its own. Service Bus is then Premium.')
param privateNetwork bool = false

@description('True adds an account that takes files by SFTP. It costs by the hour.')
param sftp bool = false

@description('Public SSH keys of the sender who may use SFTP.')
param sftpPublicKeys string[] = []

@description('Object ids of systems and people who put files into the drop container.')
param dropWriters string[] = []

@description('Object ids of those who run commands (keyring rotate, audit verify, backup) against this environment.')
param operators string[] = []

@description('Address that is told of what goes wrong.')
param alertEmail string

@description('Monthly amount, in the subscription\'s currency, from which spending is told of. 0 sets no budget.')
@minValue(0)
param monthlyBudget int = 200

@description('First day of the month that the budget begins with.')
param budgetStart string = utcNow('yyyy-MM-01')

@description('The most instances that the app grows to.')
@minValue(1)
@maxValue(1000)
param maximumInstances int = 40

@description('Instances that are kept running for pages, so that the first page of a morning does not wait. Each costs by the hour.')
@minValue(0)
@maxValue(20)
param alwaysReady int = 0

@description('Days that logs are kept.')
@minValue(30)
@maxValue(730)
param logDays int = 90

var unique = uniqueString(subscription().id, resourceGroup().id, environmentName)
var tags = { application: 'schoolsignal', environment: environmentName, 'azd-env-name': environmentName }

// The functions' own settings: docs/operations.md explains each.
var queues = loadJsonContent('queues.json')
var schedules = loadJsonContent('schedules.json')

module identity 'modules/identity.bicep' = {
  name: 'identity'
  params: { name: 'id-schoolsignal-${environmentName}', location: location, tags: tags }
}

module network 'modules/network.bicep' = if (privateNetwork) {
  name: 'network'
  params: { name: 'vnet-schoolsignal-${environmentName}', location: location, tags: tags }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  params: {
    name: 'schoolsignal-${environmentName}'
    location: location
    tags: tags
    logDays: logDays
    appPrincipalId: identity.outputs.principalId
  }
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  params: {
    name: 'st${unique}'
    location: location
    tags: tags
    appPrincipalId: identity.outputs.principalId
    dropWriters: dropWriters
    operators: operators
    isPublic: !privateNetwork
    workspaceId: monitoring.outputs.workspaceId
  }
}

module sftpDrop 'modules/sftp.bicep' = if (sftp) {
  name: 'sftp'
  params: {
    name: 'sf${unique}'
    location: location
    tags: tags
    appPrincipalId: identity.outputs.principalId
    publicKeys: sftpPublicKeys
    workspaceId: monitoring.outputs.workspaceId
  }
}

module serviceBus 'modules/serviceBus.bicep' = {
  name: 'serviceBus'
  params: {
    name: 'sb-schoolsignal-${unique}'
    location: location
    tags: tags
    queues: queues
    appPrincipalId: identity.outputs.principalId
    isPublic: !privateNetwork
    workspaceId: monitoring.outputs.workspaceId
  }
}

module feedDrop 'modules/feedDrop.bicep' = {
  name: 'feedDrop'
  params: {
    location: location
    tags: tags
    storageName: storage.outputs.dataName
    serviceBusName: serviceBus.outputs.name
    queue: queues.FEED_ARRIVALS_QUEUE.name
    container: storage.outputs.dropContainer
    calls: ['PutBlob', 'PutBlockList', 'CopyBlob', 'FlushWithClose']
  }
}

module sftpFeedDrop 'modules/feedDrop.bicep' = if (sftp) {
  name: 'sftpFeedDrop'
  params: {
    location: location
    tags: tags
    storageName: sftpDrop!.outputs.name
    serviceBusName: serviceBus.outputs.name
    queue: queues.FEED_ARRIVALS_QUEUE.name
    container: sftpDrop!.outputs.dropContainer
    calls: ['SftpCommit']
  }
}

module keyVault 'modules/keyVault.bicep' = {
  name: 'keyVault'
  params: {
    name: 'kv${unique}'
    location: location
    tags: tags
    appPrincipalId: identity.outputs.principalId
    operators: operators
    isPublic: !privateNetwork
    workspaceId: monitoring.outputs.workspaceId
  }
}

module privateEndpoints 'modules/privateEndpoints.bicep' = if (privateNetwork) {
  name: 'privateEndpoints'
  params: {
    location: location
    tags: tags
    subnetId: network!.outputs.endpointSubnetId
    networkId: network!.outputs.id
    targets: [
      { name: 'data-table', resourceId: storage.outputs.dataId, group: 'table', zone: 'privatelink.table.${environment().suffixes.storage}' }
      { name: 'data-blob', resourceId: storage.outputs.dataId, group: 'blob', zone: 'privatelink.blob.${environment().suffixes.storage}' }
      { name: 'host-blob', resourceId: storage.outputs.hostId, group: 'blob', zone: 'privatelink.blob.${environment().suffixes.storage}' }
      { name: 'service-bus', resourceId: serviceBus.outputs.id, group: 'namespace', zone: 'privatelink.servicebus.windows.net' }
      { name: 'key-vault', resourceId: keyVault.outputs.id, group: 'vault', zone: 'privatelink.vaultcore.azure.net' }
    ]
  }
}

module app 'modules/app.bicep' = {
  name: 'app'
  params: {
    name: 'func-schoolsignal-${unique}'
    location: location
    tags: union(tags, { 'azd-service-name': 'functions' })
    identityId: identity.outputs.id
    deploymentContainerUrl: storage.outputs.deploymentContainerUrl
    subnetId: privateNetwork ? network!.outputs.appSubnetId : ''
    maximumInstances: maximumInstances
    alwaysReady: alwaysReady
    settings: union(
      toObject(items(queues), queue => queue.key, queue => queue.value.name),
      schedules,
      {
        District: district
        AZURE_CLIENT_ID: identity.outputs.clientId
        APPLICATIONINSIGHTS_CONNECTION_STRING: monitoring.outputs.connectionString
        APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identity.outputs.clientId};Authorization=AAD'
        AzureWebJobsStorage__accountName: storage.outputs.hostName
        AzureWebJobsStorage__credential: 'managedidentity'
        AzureWebJobsStorage__clientId: identity.outputs.clientId
        ServiceBus__fullyQualifiedNamespace: serviceBus.outputs.hostName
        ServiceBus__credential: 'managedidentity'
        ServiceBus__clientId: identity.outputs.clientId
        Storage__TableEndpoint: storage.outputs.tableEndpoint
        Storage__BlobEndpoint: storage.outputs.blobEndpoint
        KeyVault__Uri: keyVault.outputs.uri
        Entra__TenantId: tenantId
        Entra__ClientId: appRegistrationClientId
        Entra__ManagedIdentityClientId: identity.outputs.clientId
        Graph__TenantId: tenantId
        Graph__ClientId: appRegistrationClientId
        Graph__ManagedIdentityClientId: identity.outputs.clientId
        Graph__Mailbox: mailbox
        Graph__TeamsAppId: teamsAppId
        Graph__ToEverybody: string(alertsToEverybody)
      },
      toObject(range(0, length(alertsOnlyTo)), i => 'Graph__OnlyTo__${i}', i => alertsOnlyTo[i]),
      sftp ? { Storage__SftpEndpoint: sftpDrop!.outputs.blobEndpoint } : {}
    )
    publicOrigin: publicOrigin
    workspaceId: monitoring.outputs.workspaceId
  }
}

module alerts 'modules/alerts.bicep' = {
  name: 'alerts'
  params: {
    prefix: 'schoolsignal-${environmentName}'
    location: location
    tags: tags
    email: alertEmail
    appId: app.outputs.id
    serviceBusId: serviceBus.outputs.id
    insightsId: monitoring.outputs.insightsId
  }
}

module workbook 'modules/workbook.bicep' = {
  name: 'workbook'
  params: { name: 'schoolsignal-${environmentName}', location: location, tags: tags, insightsId: monitoring.outputs.insightsId }
}

module budget 'modules/budget.bicep' = if (monthlyBudget > 0) {
  name: 'budget'
  params: { name: 'schoolsignal-${environmentName}', amount: monthlyBudget, start: budgetStart, email: alertEmail }
}

@description('The app\'s own address; the registration\'s redirect address is this, or publicOrigin, and /signin-oidc.')
output appAddress string = app.outputs.origin

@description('For infra/entra/register.sh: whom the app registration trusts.')
output identityPrincipalId string = identity.outputs.principalId

@description('For commands run from an operator\'s machine.')
output commandSettings object = {
  Storage__TableEndpoint: storage.outputs.tableEndpoint
  Storage__BlobEndpoint: storage.outputs.blobEndpoint
  KeyVault__Uri: keyVault.outputs.uri
}
