// Who is told when something needs a person. What the figures mean stands in docs/operations.md.
param prefix string
param location string
param tags object
param email string
param appId string
param serviceBusId string
param insightsId string

@description('Messages of a queue that wait, inclusive: more than half an hour\'s work.')
var deepQueue = 5000

var metricAlerts = [
  {
    name: 'server-errors'
    text: 'Pages or the API answered with an error of ours more than five times in a quarter of an hour.'
    severity: 2
    scope: appId
    metric: 'Http5xx'
    namespace: 'Microsoft.Web/sites'
    aggregation: 'Total'
    threshold: 5
    dimensions: []
  }
  {
    name: 'deep-queue'
    text: 'A queue is so deep that the morning\'s screening may be late.'
    severity: 2
    scope: serviceBusId
    metric: 'ActiveMessages'
    namespace: 'Microsoft.ServiceBus/namespaces'
    aggregation: 'Average'
    threshold: deepQueue
    dimensions: [{ name: 'EntityName', operator: 'Include', values: ['*'] }]
  }
  {
    name: 'urgent-waits'
    text: 'A safeguarding concern lies in the queue: nothing takes it.'
    severity: 0
    scope: serviceBusId
    metric: 'ActiveMessages'
    namespace: 'Microsoft.ServiceBus/namespaces'
    aggregation: 'Minimum'
    threshold: 0
    dimensions: [{ name: 'EntityName', operator: 'Include', values: ['urgent'] }]
  }
  {
    name: 'dead-letters'
    text: 'A queue has given a message up by itself. The sweep turns it into a failure that can be replayed; if it stays, the sweep does not run.'
    severity: 2
    scope: serviceBusId
    metric: 'DeadletteredMessages'
    namespace: 'Microsoft.ServiceBus/namespaces'
    aggregation: 'Minimum'
    threshold: 0
    dimensions: [{ name: 'EntityName', operator: 'Include', values: ['*'] }]
  }
]

// From what the app says of its own work.
var logAlerts = [
  {
    name: 'late-work'
    text: 'Work was done more than a quarter of an hour after what began it.'
    severity: 2
    window: 'PT15M'
    query: 'AppMetrics | where Name == "schoolsignal.work.lag" | summarize Value = max(Max) by bin(TimeGenerated, 5m)'
    threshold: 900
  }
  {
    name: 'failures'
    text: 'Work was given up and waits for its replay: the page Feeds, or GET /api/failures.'
    severity: 1
    window: 'PT30M'
    query: 'AppMetrics | where Name == "schoolsignal.failures" | summarize Value = max(Max) by bin(TimeGenerated, 15m)'
    threshold: 0
  }
  {
    name: 'stale-feeds'
    text: 'Schools are not screened because their feed is behind.'
    severity: 2
    window: 'PT1H'
    query: 'AppMetrics | where Name == "schoolsignal.feeds.stale" | summarize Value = max(Max) by bin(TimeGenerated, 15m)'
    threshold: 0
  }
  {
    name: 'unacknowledged-urgent'
    text: 'Nobody has answered a safeguarding concern for a quarter of an hour.'
    severity: 0
    window: 'PT15M'
    query: 'AppMetrics | where Name == "schoolsignal.concern.rounds" | extend Round = toint(Properties["round"]) | where Round >= 1 | summarize Value = sum(Sum) by bin(TimeGenerated, 5m)'
    threshold: 0
  }
]

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-${prefix}'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'schoolsignal'
    enabled: true
    emailReceivers: [{ name: 'operator', emailAddress: email, useCommonAlertSchema: true }]
  }
}

resource metricAlert 'Microsoft.Insights/metricAlerts@2018-03-01' = [
  for alert in metricAlerts: {
    name: '${prefix}-${alert.name}'
    location: 'global'
    tags: tags
    properties: {
      description: alert.text
      severity: alert.severity
      enabled: true
      scopes: [alert.scope]
      evaluationFrequency: 'PT5M'
      windowSize: 'PT15M'
      autoMitigate: true
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: [
          {
            criterionType: 'StaticThresholdCriterion'
            name: alert.name
            metricNamespace: alert.namespace
            metricName: alert.metric
            timeAggregation: alert.aggregation
            operator: 'GreaterThan'
            threshold: alert.threshold
            dimensions: alert.dimensions
          }
        ]
      }
      actions: [{ actionGroupId: people.id }]
    }
  }
]

resource logAlert 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for alert in logAlerts: {
    name: '${prefix}-${alert.name}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: '${prefix} ${alert.name}'
      description: alert.text
      severity: alert.severity
      enabled: true
      scopes: [insightsId]
      evaluationFrequency: 'PT5M'
      windowSize: alert.window
      autoMitigate: true
      // The measures come with the app's first work: a table that is not there yet is no fault of the template.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: alert.query
            timeAggregation: 'Maximum'
            metricMeasureColumn: 'Value'
            operator: 'GreaterThan'
            threshold: alert.threshold
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      actions: { actionGroups: [people.id] }
    }
  }
]
