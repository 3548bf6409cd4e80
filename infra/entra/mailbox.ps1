# Lets the app registration send from, and look into, one mailbox and no other: RBAC for Applications in Exchange Online. Run by an Exchange
# administrator, after Connect-ExchangeOnline. Give the registration no Mail.* permission in Entra ID: that would reach every mailbox.
#   ./mailbox.ps1 -ClientId ... -ServicePrincipalObjectId ... -Mailbox schoolsignal@district.example
# The object id is the enterprise application's: az ad sp show --id CLIENT_ID --query id
param(
    [Parameter(Mandatory)] [guid] $ClientId,
    [Parameter(Mandatory)] [guid] $ServicePrincipalObjectId,
    [Parameter(Mandatory)] [string] $Mailbox
)
$ErrorActionPreference = 'Stop'

if (-not (Get-ServicePrincipal | Where-Object AppId -EQ $ClientId)) {
    New-ServicePrincipal -AppId $ClientId -ObjectId $ServicePrincipalObjectId -DisplayName 'SchoolSignal' | Out-Null
}
$address = (Get-Mailbox -Identity $Mailbox).PrimarySmtpAddress
if (-not (Get-ManagementScope -Identity 'SchoolSignal mailbox' -ErrorAction SilentlyContinue)) {
    New-ManagementScope -Name 'SchoolSignal mailbox' -RecipientRestrictionFilter "PrimarySmtpAddress -eq '$address'" | Out-Null
}
# Drafts carry our key, by which a send whose end is not known is looked up: that is why it reads.
foreach ($role in 'Application Mail.Send', 'Application Mail.ReadWrite') {
    if (-not (Get-ManagementRoleAssignment -Role $role -RoleAssignee $ServicePrincipalObjectId -ErrorAction SilentlyContinue)) {
        New-ManagementRoleAssignment -App $ServicePrincipalObjectId -Role $role -CustomResourceScope 'SchoolSignal mailbox' | Out-Null
    }
}
# InScope has to be True for the mailbox, and False for any other.
Test-ServicePrincipalAuthorization -Identity $ServicePrincipalObjectId -Resource $Mailbox | Format-Table RoleName, AllowedResourceScope, InScope
