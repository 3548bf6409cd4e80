using '../main.bicep'

// Where a value is read from the environment, azd asks for it once and keeps it (docs/operations.md, Deploy).
param environmentName = 'production'
param district = readEnvironmentVariable('SCHOOLSIGNAL_DISTRICT', 'district')
param publicOrigin = readEnvironmentVariable('SCHOOLSIGNAL_PUBLIC_ORIGIN', '')
param appRegistrationClientId = readEnvironmentVariable('SCHOOLSIGNAL_CLIENT_ID', '00000000-0000-0000-0000-000000000000')
param mailbox = readEnvironmentVariable('SCHOOLSIGNAL_MAILBOX', 'schoolsignal@district.example')
param alertEmail = readEnvironmentVariable('SCHOOLSIGNAL_ALERT_EMAIL', 'operator@district.example')
param alertsToEverybody = true
param teamsAppId = readEnvironmentVariable('SCHOOLSIGNAL_TEAMS_APP_ID', '')
param privateNetwork = true
param alwaysReady = 1
param monthlyBudget = 1200
param logDays = 90
