using 'main.bicep'

// What azd deploys: its environment's values (azd env set NAME VALUE). Without azd: parameters/ and az deployment group create.
param environmentName = readEnvironmentVariable('AZURE_ENV_NAME', 'test')
param location = readEnvironmentVariable('AZURE_LOCATION', 'westeurope')
param district = readEnvironmentVariable('SCHOOLSIGNAL_DISTRICT', 'test')
param publicOrigin = readEnvironmentVariable('SCHOOLSIGNAL_PUBLIC_ORIGIN', '')
param appRegistrationClientId = readEnvironmentVariable('SCHOOLSIGNAL_CLIENT_ID', '00000000-0000-0000-0000-000000000000')
param mailbox = readEnvironmentVariable('SCHOOLSIGNAL_MAILBOX', 'schoolsignal@district.example')
param alertEmail = readEnvironmentVariable('SCHOOLSIGNAL_ALERT_EMAIL', 'operator@district.example')
param alertsToEverybody = bool(readEnvironmentVariable('SCHOOLSIGNAL_ALERTS_TO_EVERYBODY', 'false'))
param alertsOnlyTo = bool(readEnvironmentVariable('SCHOOLSIGNAL_ALERTS_TO_EVERYBODY', 'false')) ? [] : [readEnvironmentVariable('SCHOOLSIGNAL_ALERT_EMAIL', 'operator@district.example')]
param teamsAppId = readEnvironmentVariable('SCHOOLSIGNAL_TEAMS_APP_ID', '')
param privateNetwork = bool(readEnvironmentVariable('SCHOOLSIGNAL_PRIVATE_NETWORK', 'false'))
param sftp = bool(readEnvironmentVariable('SCHOOLSIGNAL_SFTP', 'false'))
param alwaysReady = int(readEnvironmentVariable('SCHOOLSIGNAL_ALWAYS_READY', '0'))
param monthlyBudget = int(readEnvironmentVariable('SCHOOLSIGNAL_MONTHLY_BUDGET', '200'))
