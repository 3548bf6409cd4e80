using '../main.bicep'

// A district to try things in: alerts go to whoever is named here and to nobody else.
param environmentName = 'test'
param district = readEnvironmentVariable('SCHOOLSIGNAL_DISTRICT', 'test')
param appRegistrationClientId = readEnvironmentVariable('SCHOOLSIGNAL_CLIENT_ID', '00000000-0000-0000-0000-000000000000')
param mailbox = readEnvironmentVariable('SCHOOLSIGNAL_MAILBOX', 'schoolsignal-test@district.example')
param alertEmail = readEnvironmentVariable('SCHOOLSIGNAL_ALERT_EMAIL', 'operator@district.example')
param alertsOnlyTo = [readEnvironmentVariable('SCHOOLSIGNAL_ALERT_EMAIL', 'operator@district.example')]
param sftp = false
param monthlyBudget = 100
param maximumInstances = 5
param logDays = 30
