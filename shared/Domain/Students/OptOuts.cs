using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Erasure;

namespace SchoolSignal.Domain.Students;

/// <summary>Ties opt-outs that were named before anybody knew the pupil to the pupils a roster or feed has brought.</summary>
public sealed class OptOuts(SettingsChanges settings, StudentDirectory directory, Tombstones tombstones)
{
    /// <summary>To run after pupils were enrolled and before anybody is screened. A pupil who was erased is not waited for: the number
    /// goes.</summary>
    public async Task ResolveAsync(CancellationToken cancellationToken) =>
        await settings.ChangeAsync(
            Authority.System("roster"), async (current, stop) => await (await WithoutErasedAsync(current, stop)).ResolveAsync(directory.FindAsync, stop), cancellationToken);

    private async ValueTask<DistrictSettings> WithoutErasedAsync(DistrictSettings settings, CancellationToken cancellationToken)
    {
        if (settings.UnresolvedOptOuts.Count == 0 || await tombstones.ReadAsync(cancellationToken) is not { IsEmpty: false } erased) return settings;
        var waited = settings.UnresolvedOptOuts.Where(id => !erased.Contains(id)).ToList();
        return waited.Count == settings.UnresolvedOptOuts.Count ? settings : settings with { UnresolvedOptOuts = waited };
    }
}
