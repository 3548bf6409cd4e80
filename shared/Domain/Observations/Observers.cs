using SchoolSignal.Domain.District;

namespace SchoolSignal.Domain.Observations;

/// <summary>Who on the staff a form's observer is. A file names its observers as the sending system does, a page by our own ids: one
/// person must not count as two. Asked where a form comes in and again where it is read, since the staff list may come after the
/// forms.</summary>
public sealed class Observers(StaffStore staff)
{
    /// <summary>The staff id of whoever has this id here or in the sending system; else as stated.</summary>
    public async ValueTask<string> OfAsync(string stated, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stated);
        if (StaffId.TryParse(stated, out var id) && await staff.FindAsync(id, cancellationToken) is not null) return stated;
        return await staff.FindBySourceAsync(stated, cancellationToken) is { } known ? known.Member.Id.Value : stated;
    }

    /// <summary>The forms, each with its observer's staff id.</summary>
    public async Task<IReadOnlyList<Observation>> OfAsync(IReadOnlyList<Observation> forms, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(forms);
        var known = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var observer in forms.Select(form => form.Observer).Distinct()) known[observer] = await OfAsync(observer, cancellationToken);
        return [.. forms.Select(form => known[form.Observer] is var same && same != form.Observer ? form with { Observer = same } : form)];
    }
}
