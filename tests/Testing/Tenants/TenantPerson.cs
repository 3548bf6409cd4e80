namespace SchoolSignal.Testing.Tenants;

/// <summary>An account of the fake tenant, with the app roles it is given.</summary>
public sealed record TenantPerson(Guid ObjectId, string UserPrincipalName, params IReadOnlyList<string> AppRoles);
