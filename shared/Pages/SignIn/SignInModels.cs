using SchoolSignal.Domain.District;

namespace SchoolSignal.Pages.SignIn;

/// <summary>A sign-in that did not work; why is for nobody to read off the screen.</summary>
public sealed record SignInFailedModel;

/// <param name="AccountElsewhere">The account is signed in with the tenant, too.</param>
public sealed record SignedOutModel(bool AccountElsewhere);

/// <summary>Somebody to be, on this machine.</summary>
public sealed record PickerPerson(StaffId Id, string Name, IReadOnlyList<Role> Roles, IReadOnlyList<SchoolId> Schools);

/// <param name="People">Active staff; only those that match the search where the list is long.</param>
/// <param name="IsWhole">False where there are more than are shown.</param>
/// <param name="NobodyYet">No staff list was taken in: then only whoever sits at this machine can be picked.</param>
/// <param name="Search">What was searched for; empty for nothing.</param>
/// <param name="ReturnUrl">Where to go on to.</param>
/// <param name="Mailbox">Where this machine's alerts land.</param>
public sealed record PickerModel(IReadOnlyList<PickerPerson> People, bool IsWhole, bool NobodyYet, string Search, string ReturnUrl, string Mailbox);
