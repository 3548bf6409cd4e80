using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Observations;

/// <summary>Takes forms from the people who observe, lets them correct and withdraw their own, and keeps a safeguarding concern
/// whatever else holds. Who may observe whom is the gate's to say, before this is called.</summary>
public sealed class ObservationSubmission(
    ObservationStore observations, OwnSubmissions own, Enrollments enrollments, DistrictSettingsStore settingsStore, SafeguardingContactStore contacts,
    TimeProvider time)
{
    /// <summary>The longest idempotency key, in characters; inclusive.</summary>
    public const int MaxKey = 200;

    /// <summary>Why no form can be taken of this pupil now, or null. It says nothing about concerns.</summary>
    /// <param name="student">Null asks of the district as a whole, before a pupil is chosen.</param>
    public async Task<NotOfferedReason?> WhyNotOfferedAsync(StudentKey? student, CancellationToken cancellationToken) =>
        await WhyNotOfferedAsync(student, (await settingsStore.ReadAsync(cancellationToken)).Settings, cancellationToken);

    private async Task<NotOfferedReason?> WhyNotOfferedAsync(StudentKey? student, DistrictSettings settings, CancellationToken cancellationToken)
    {
        if ((await contacts.ReadAsync(null, cancellationToken)).District is null) return NotOfferedReason.NoSafeguardingContact;
        if (settings.LegalBasis is null) return NotOfferedReason.NoLegalBasis;
        return student is { } pupil && settings.IsOptedOut(pupil) ? NotOfferedReason.OptedOut : null;
    }

    /// <param name="by">Whose form it is, and with what right.</param>
    /// <param name="key">The sender's idempotency key, 1 to <see cref="MaxKey"/> characters; null: every call is a form of its own.</param>
    public async Task<SubmissionResult> SubmitAsync(ObservationDraft draft, Authority by, string? key, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var settings = (await settingsStore.ReadAsync(cancellationToken)).Settings;
        var today = settings.Profile.DayOf(now);
        if (draft.Safeguarding == true) return await KeepConcernAsync(draft, by, key, today, now, cancellationToken);
        if (await WhyNotOfferedAsync(draft.Student, settings, cancellationToken) is { } reason) return new SubmissionResult.NotOffered(reason);
        var problems = ObservationCheck.Problems(draft, today);
        if (problems.Count > 0) return new SubmissionResult.Invalid(problems);

        var date = draft.Date ?? today;
        if ((await enrollments.FindAsync(draft.Student, cancellationToken))?.On(date) is not { } enrolled)
            return new SubmissionResult.Invalid([new ObservationProblem("date", ObservationFault.NotOnRoll)]);
        var id = key is null ? ObservationId.New() : ObservationIds.OfSubmission(by.Who.Id, key);
        var claim = await own.ClaimAsync(
            by.Who.Id, new OwnSubmission(id, draft.Student, enrolled.School, date, now), ObservationIds.ContentOf(draft), cancellationToken);
        if (claim is not SubmissionClaim.Claimed({ } claimed, var isNew)) return new SubmissionResult.KeyUsedBefore();

        // What was claimed before is stored as it was then, if its writing broke off: school, day and moment are the first call's.
        var form = new StoredObservation(
            new Observation(id, claimed.Student, claimed.School, claimed.Date, by.Who.Id, [.. draft.Items]), ObservationNote.Clean(draft.Note))
        {
            SubmittedAt = claimed.SubmittedAt,
        };
        var saved = await observations.SaveAsync(form, [EntryOf(by, AuditAction.SubmitObservation, form, now)], cancellationToken);
        return new SubmissionResult.Taken(id, claimed.SubmittedAt, Repeated: !isNew && saved != ObservationSaved.Stored);
    }

    /// <summary>Changes the answers and the note of one of the caller's own forms, up to 24 hours after it was handed in
    /// (inclusive). Pupil and day stay: for those, withdraw it and hand in another.</summary>
    /// <param name="revision">The revision the caller has seen.</param>
    public async Task<AmendmentResult> CorrectAsync(
        ObservationId id, Authority by, int revision, IReadOnlyList<byte?> items, string? note, CancellationToken cancellationToken)
    {
        if (await FindOwnAsync(id, by.Who.Id, cancellationToken) is not { } found) return new AmendmentResult.NotFound();
        var before = found.Form;
        var now = time.GetUtcNow();
        if (before.IsWithdrawn) return new AmendmentResult.Withdrawn();
        if (!before.CanCorrect(now)) return new AmendmentResult.TooLate(before.CorrectableUntil!.Value);
        var problems = ObservationCheck.Problems(items, note);
        if (problems.Count > 0) return new AmendmentResult.Invalid(problems);
        var after = before with
        {
            Observation = before.Observation with { Items = [.. items] },
            Note = ObservationNote.Clean(note),
            Revision = before.Revision + 1,
        };
        if (IsSame(before, after)) return new AmendmentResult.Done(before);
        if (before.Revision != revision) return new AmendmentResult.ChangedMeanwhile(before);
        if (await observations.ReplaceAsync(found, after, [EntryOf(by, AuditAction.CorrectObservation, after, now)], cancellationToken))
            return new AmendmentResult.Done(after);
        return await FindOwnAsync(id, by.Who.Id, cancellationToken) is { } changed ? new AmendmentResult.ChangedMeanwhile(changed.Form) : new AmendmentResult.NotFound();
    }

    /// <summary>Takes one of the caller's own forms back, at any time. It is kept, and no longer counts.</summary>
    public async Task<AmendmentResult> WithdrawAsync(ObservationId id, Authority by, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await FindOwnAsync(id, by.Who.Id, cancellationToken) is not { } found) return new AmendmentResult.NotFound();
            if (found.Form.IsWithdrawn) return new AmendmentResult.Done(found.Form);
            var now = time.GetUtcNow();
            var after = found.Form with { WithdrawnAt = now, Revision = found.Form.Revision + 1 };
            if (await observations.ReplaceAsync(found, after, [EntryOf(by, AuditAction.WithdrawObservation, after, now)], cancellationToken))
                return new AmendmentResult.Done(after);
        }
    }

    /// <summary>One of the caller's own forms, or null.</summary>
    public async Task<StoredObservation?> FindAsync(ObservationId id, string observer, CancellationToken cancellationToken) =>
        (await FindOwnAsync(id, observer, cancellationToken))?.Form;

    private async Task<VersionedObservation?> FindOwnAsync(ObservationId id, string observer, CancellationToken cancellationToken) =>
        await own.FindAsync(observer, id, cancellationToken) is { } at
            ? await observations.FindAsync(at.Student, at.School, at.Date, id, cancellationToken)
            : null;

    /// <summary>Nothing but an unknown pupil keeps a concern back: not a wrong answer, not an opt-out, not a day in the future.</summary>
    private async Task<SubmissionResult.Concern> KeepConcernAsync(
        ObservationDraft draft, Authority by, string? key, DateOnly today, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var date = draft.Date is { } stated && stated <= today ? stated : today;
        var note = ObservationNote.Clean(draft.Note);
        if (note?.Length > ObservationNote.MaxLength) note = note[..ObservationNote.MaxLength];
        var profile = await enrollments.FindAsync(draft.Student, cancellationToken);
        var school = profile?.On(date)?.School ?? (profile?.Enrollments is [.., var last] ? last.School : null);
        var id = ObservationIds.OfConcern(draft.Student, date, by.Who.Id, note, key ?? Guid.NewGuid().ToString("N"));
        var concern = new SafeguardingConcern(id, draft.Student, school, date, by.Who.Id, note, now);
        var entry = AuditEntry.OfPupil(by, AuditAction.RaiseConcern, draft.Student, school, now, id.ToString("N"));
        var saved = await observations.SaveConcernAsync(concern, [AuditTrail.Row(entry)], cancellationToken);
        return new SubmissionResult.Concern(concern, saved != ObservationSaved.Stored);
    }

    private static RowChange EntryOf(Authority by, AuditAction action, StoredObservation form, DateTimeOffset now) =>
        AuditTrail.Row(AuditEntry.OfPupil(by, action, form.Observation.Student, form.Observation.School, now, form.Observation.Id.ToString()));

    private static bool IsSame(StoredObservation left, StoredObservation right) =>
        left.Note == right.Note && left.Observation.Items.SequenceEqual(right.Observation.Items);
}
