#!/usr/bin/env bash
# Makes, or brings up to date, the app registration: its roles, its redirect address, the API's scope, and the trust in the app's
# managed identity. Run by somebody who may register applications; nothing here makes a secret. Needs the Azure CLI, signed in.
#   register.sh NAME [PUBLIC_ORIGIN] [IDENTITY_PRINCIPAL_ID]
# First without the last two, for the client id that the template wants; then with what the deployment puts out.
set -euo pipefail
name=${1:?register.sh NAME [PUBLIC_ORIGIN] [IDENTITY_PRINCIPAL_ID]}
origin=${2:-}
identity=${3:-}
here=$(cd "$(dirname "$0")" && pwd)
tenant=$(az account show --query tenantId --output tsv)

client=$(az ad app list --filter "displayName eq '$name'" --query '[0].appId' --output tsv)
if [ -z "$client" ]; then
  client=$(az ad app create --display-name "$name" --sign-in-audience AzureADMyOrg --query appId --output tsv)
fi
object=$(az ad app show --id "$client" --query id --output tsv)

# People of the tenant alone, by the code flow; ID tokens come from the token endpoint, none through the browser.
az ad app update --id "$client" --app-roles "@$here/roles.json" --identifier-uris "api://$client" \
  --enable-id-token-issuance false --enable-access-token-issuance false --requested-access-token-version 2
if [ -n "$origin" ]; then
  az ad app update --id "$client" --web-redirect-uris "$origin/signin-oidc"
fi

scope=$(az ad app show --id "$client" --query "api.oauth2PermissionScopes[?value=='access_as_user'].id | [0]" --output tsv)
if [ -z "$scope" ]; then
  az rest --method patch --url "https://graph.microsoft.com/v1.0/applications/$object" --headers 'Content-Type=application/json' --body '{
    "api": { "requestedAccessTokenVersion": 2, "oauth2PermissionScopes": [ {
      "id": "6d1f6a52-3c55-4d0f-9a45-0b5b6d0a5aff", "value": "access_as_user", "type": "User", "isEnabled": true,
      "adminConsentDisplayName": "Use SchoolSignal", "adminConsentDescription": "Use SchoolSignal as the signed-in person.",
      "userConsentDisplayName": "Use SchoolSignal", "userConsentDescription": "Use SchoolSignal as you." } ] } }'
fi

# Whoever has none of the roles does not get in at all.
if [ -z "$(az ad sp list --filter "appId eq '$client'" --query '[0].id' --output tsv)" ]; then
  az ad sp create --id "$client" --output none
fi
az ad sp update --id "$client" --set appRoleAssignmentRequired=true

if [ -n "$identity" ]; then
  trust=$(az ad app federated-credential list --id "$client" --query "[?name=='managed-identity'].name | [0]" --output tsv)
  verb=create; target=()
  if [ -n "$trust" ]; then verb=update; target=(--federated-credential-id managed-identity); fi
  az ad app federated-credential "$verb" --id "$client" "${target[@]}" --parameters "{
    \"name\": \"managed-identity\", \"issuer\": \"https://login.microsoftonline.com/$tenant/v2.0\",
    \"subject\": \"$identity\", \"audiences\": [\"api://AzureADTokenExchange\"] }"
fi
echo "SCHOOLSIGNAL_CLIENT_ID=$client"
