using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.District;

namespace SchoolSignal.Domain.Students;

/// <summary>Ties opt-outs that were named before anybody knew the pupil to the pupils a roster or feed has brought.</summary>
public sealed class OptOuts(SettingsChanges settings, StudentDirectory directory)
{
    /// <summary>To run after pupils were enrolled and before anybody is screened.</summary>
    public async Task ResolveAsync(CancellationToken cancellationToken) =>
        await settings.ChangeAsync(Authority.System("roster"), (current, stop) => current.ResolveAsync(directory.FindAsync, stop), cancellationToken);
}
