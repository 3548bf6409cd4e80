using Microsoft.Extensions.Time.Testing;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Observations;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Tests.Observations;

/// <summary>A teacher's forms over a real store, from handing in to taking back.</summary>
public sealed class ObservationSubmissionTests : IAsyncLifetime
{
    private static readonly Authority Green = new(AuditActor.Staff("green"), [Role.Teacher], AccessReason.RolePermits);
    private static readonly Authority Brown = new(AuditActor.Staff("brown"), [Role.Teacher], AccessReason.RolePermits);
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider clock = new(Start);
    private readonly SubmissionRig rig;
    private StudentKey ada;

    public ObservationSubmissionTests() => rig = new SubmissionRig(clock);

    public async ValueTask InitializeAsync()
    {
        ada = await rig.EnrolAsync("604822", new DateOnly(2025, 9, 1));
        await rig.OpenAsync();
    }

    public ValueTask DisposeAsync()
    {
        rig.Dispose();
        return ValueTask.CompletedTask;
    }

    private ObservationDraft Draft(string answers = "333----------", string? note = null, bool? safeguarding = false, DateOnly? date = null, StudentKey? student = null) =>
        new(student ?? ada, date, Items(answers), note, safeguarding);

    private static byte?[] Items(string answers) => [.. answers.Select(c => c == '-' ? (byte?)null : (byte)(c - '0'))];

    private Task<SubmissionResult> SubmitAsync(ObservationDraft draft, string? key = null, Authority? by = null) =>
        rig.Submission.SubmitAsync(draft, by ?? Green, key, CancellationToken.None);

    private async Task<ObservationId> TakenAsync(string answers = "333----------", string? note = null) =>
        Assert.IsType<SubmissionResult.Taken>(await SubmitAsync(Draft(answers, note))).Id;

    private Task<int> CountAsync(QueueName queue) => Task.FromResult((int)rig.Store.Queue.Count(queue).Active);

    [Fact]
    public async Task Submit_GoodForm_IsKeptListedAndAsksForScreening()
    {
        var id = await TakenAsync(note: "quiet <b>\n👩‍👧");
        var own = Assert.Single(await rig.Own.ReadAsync("green", 10, CancellationToken.None));
        Assert.Equal((id, ada, "quiet <b>\n👩‍👧", 1, (DateTimeOffset?)Start), (own.Observation.Id, own.Observation.Student, own.Note, own.Revision, own.SubmittedAt));
        Assert.Equal((new DateOnly(2026, 3, 2), "green"), (own.Observation.Date, own.Observation.Observer));
        Assert.Equal((1, 1), (await CountAsync(QueueName.Screenings), await CountAsync(QueueName.Audit)));
        Assert.Empty(await rig.Own.ReadAsync("brown", 10, CancellationToken.None));
    }

    [Fact]
    public async Task Submit_SameKeySameContent_IsOneAnswerAndOneForm()
    {
        var first = Assert.IsType<SubmissionResult.Taken>(await SubmitAsync(Draft(), "k1"));
        clock.Advance(TimeSpan.FromHours(1));
        var second = Assert.IsType<SubmissionResult.Taken>(await SubmitAsync(Draft(), "k1"));
        Assert.Equal(first with { Repeated = true }, second);
        Assert.Single(await rig.Own.ReadAsync("green", 10, CancellationToken.None));
        Assert.Equal(1, await CountAsync(QueueName.Screenings));
    }

    [Theory]
    [InlineData("answers")]
    [InlineData("note")]
    [InlineData("pupil")]
    [InlineData("date")]
    public async Task Submit_SameKeyOtherContent_IsRefusedAndTheFirstStands(string what)
    {
        await SubmitAsync(Draft(), "k1");
        var other = what switch
        {
            "answers" => Draft("334----------"),
            "note" => Draft(note: "more"),
            "pupil" => Draft(student: await rig.EnrolAsync("604823", new DateOnly(2025, 9, 1))),
            _ => Draft(date: new DateOnly(2026, 2, 27)),
        };
        Assert.IsType<SubmissionResult.KeyUsedBefore>(await SubmitAsync(other, "k1"));
        Assert.Equal((byte?)3, Assert.Single(await rig.Own.ReadAsync("green", 10, CancellationToken.None)).Observation.Item(3));
        // A key is the submitter's own.
        Assert.IsType<SubmissionResult.Taken>(await SubmitAsync(other, "k1", Brown));
    }

    [Fact]
    public async Task Submit_ManyAtOnceUnderOneKey_IsOneForm()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => SubmitAsync(Draft(), "k1"))));
        Assert.Single(results.OfType<SubmissionResult.Taken>().Select(t => t.Id).Distinct());
        Assert.Equal(20, results.OfType<SubmissionResult.Taken>().Count());
        Assert.Single(await rig.Own.ReadAsync("green", 10, CancellationToken.None));
        Assert.Equal(1, await CountAsync(QueueName.Screenings));
    }

    [Fact]
    public async Task Submit_AfterTheClaimAloneWasWritten_FinishesTheForm()
    {
        var draft = Draft();
        var id = ObservationIds.OfSubmission("green", "k1");
        await rig.Own.ClaimAsync(
            "green", new OwnSubmission(id, ada, SubmissionRig.Oakfield, new DateOnly(2026, 3, 2), Start), ObservationIds.ContentOf(draft), CancellationToken.None);
        Assert.Empty(await rig.Own.ReadAsync("green", 10, CancellationToken.None));
        clock.Advance(TimeSpan.FromDays(1));
        var taken = Assert.IsType<SubmissionResult.Taken>(await SubmitAsync(draft, "k1"));
        Assert.Equal((id, Start), (taken.Id, taken.At));
        Assert.Equal(new DateOnly(2026, 3, 2), Assert.Single(await rig.Own.ReadAsync("green", 10, CancellationToken.None)).Observation.Date);
    }

    [Fact]
    public async Task Submit_WrongForm_KeepsNothing()
    {
        var invalid = Assert.IsType<SubmissionResult.Invalid>(await SubmitAsync(Draft("-------------", safeguarding: null)));
        Assert.Equal([ObservationFault.SafeguardingUnanswered, ObservationFault.NothingSeen], invalid.Problems.Select(p => p.Fault));
        var early = Assert.IsType<SubmissionResult.Invalid>(await SubmitAsync(Draft(student: await rig.EnrolAsync("new", new DateOnly(2026, 3, 3)))));
        Assert.Equal(ObservationFault.NotOnRoll, Assert.Single(early.Problems).Fault);
        Assert.Empty(await rig.Own.ReadAsync("green", 10, CancellationToken.None));
    }

    [Fact]
    public async Task Submit_NotOffered_SaysWhyAndKeepsNothing()
    {
        await rig.ChangeAsync(s => s with { OptOuts = new HashSet<StudentKey> { ada } });
        Assert.Equal(NotOfferedReason.OptedOut, Assert.IsType<SubmissionResult.NotOffered>(await SubmitAsync(Draft())).Reason);
        await rig.ChangeAsync(s => s with { LegalBasis = null });
        Assert.Equal(NotOfferedReason.NoLegalBasis, Assert.IsType<SubmissionResult.NotOffered>(await SubmitAsync(Draft())).Reason);
        await rig.Contacts.SetDistrictAsync(null, new SchoolSafeguarding(null, null, null, null), CancellationToken.None);
        Assert.Equal(NotOfferedReason.NoSafeguardingContact, Assert.IsType<SubmissionResult.NotOffered>(await SubmitAsync(Draft())).Reason);
        Assert.Empty(await rig.Own.ReadAsync("green", 10, CancellationToken.None));
    }

    [Fact]
    public async Task Submit_Concern_PassesOptOutLegalBasisContactAndWrongAnswers()
    {
        await rig.ChangeAsync(s => s with { OptOuts = new HashSet<StudentKey> { ada }, LegalBasis = null });
        await rig.Contacts.SetDistrictAsync(null, new SchoolSafeguarding(null, null, null, null), CancellationToken.None);
        var concern = Assert.IsType<SubmissionResult.Concern>(await SubmitAsync(Draft("99", new string('x', 5000), safeguarding: true, date: new DateOnly(2027, 1, 1)), "k1"));
        Assert.False(concern.Repeated);
        Assert.Equal((SubmissionRig.Oakfield, new DateOnly(2026, 3, 2)), (concern.Kept.School, concern.Kept.Date));
        Assert.Equal((0, 1), (await CountAsync(QueueName.Screenings), await CountAsync(QueueName.Urgent)));
        Assert.Empty(await rig.Own.ReadAsync("green", 10, CancellationToken.None));
    }

    [Fact]
    public async Task Submit_SecondConcern_IsItsOwnUrgentEntryAlsoUnderTheSameKey()
    {
        await SubmitAsync(Draft(safeguarding: true, note: "one"), "k1");
        Assert.True(Assert.IsType<SubmissionResult.Concern>(await SubmitAsync(Draft(safeguarding: true, note: "one"), "k1")).Repeated);
        await SubmitAsync(Draft(safeguarding: true, note: "two"), "k1");
        Assert.Equal(2, await CountAsync(QueueName.Urgent));
        await rig.WorkUrgentAsync(twice: true);
        var entries = await rig.Urgent.ReadAsync(SubmissionRig.Oakfield, CancellationToken.None);
        Assert.Equal(2, entries.Count);
        Assert.All(entries, e => Assert.Equal((ada, "green"), (e.Student, e.Observer)));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public async Task Correct_TwentyFourHoursLater_IsStillInTime(int ticksMore, bool isInTime)
    {
        var id = await TakenAsync();
        clock.Advance(TimeSpan.FromHours(24) + TimeSpan.FromTicks(ticksMore));
        var result = await rig.Submission.CorrectAsync(id, Green, 1, Items("111----------"), "calmer", CancellationToken.None);
        if (!isInTime)
        {
            Assert.Equal(Start.AddHours(24), Assert.IsType<AmendmentResult.TooLate>(result).Until);
            return;
        }
        var after = Assert.IsType<AmendmentResult.Done>(result).After;
        Assert.Equal((2, "calmer", (byte?)1), (after.Revision, after.Note, after.Observation.Item(1)));
        var (forms, _) = await rig.Observations.ReadPupilAsync(ada, CancellationToken.None);
        var earlier = Assert.Single(Assert.Single(forms).Earlier);
        Assert.Equal((1, (byte?)3, (string?)null), (earlier.Revision, earlier.Items[0], earlier.Note));
        Assert.Equal(2, await CountAsync(QueueName.Screenings));
    }

    [Fact]
    public async Task Correct_BySomebodyElseOrWithAnOldRevision_ChangesNothing()
    {
        var id = await TakenAsync();
        Assert.IsType<AmendmentResult.NotFound>(await rig.Submission.CorrectAsync(id, Brown, 1, Items("111----------"), null, CancellationToken.None));
        Assert.IsType<AmendmentResult.Done>(await rig.Submission.CorrectAsync(id, Green, 1, Items("222----------"), null, CancellationToken.None));
        Assert.Equal(2, Assert.IsType<AmendmentResult.ChangedMeanwhile>(
            await rig.Submission.CorrectAsync(id, Green, 1, Items("111----------"), null, CancellationToken.None)).Now.Revision);
        // The same correction sent twice is no conflict.
        Assert.IsType<AmendmentResult.Done>(await rig.Submission.CorrectAsync(id, Green, 1, Items("222----------"), null, CancellationToken.None));
        Assert.IsType<AmendmentResult.Invalid>(await rig.Submission.CorrectAsync(id, Green, 2, Items("-------------"), null, CancellationToken.None));
        Assert.Equal((byte?)2, (await rig.Submission.FindAsync(id, "green", CancellationToken.None))!.Observation.Item(1));
    }

    [Fact]
    public async Task Withdraw_MonthsLater_KeepsTheFormAndItNoLongerCounts()
    {
        var id = await TakenAsync();
        clock.Advance(TimeSpan.FromDays(100));
        Assert.IsType<AmendmentResult.NotFound>(await rig.Submission.WithdrawAsync(id, Brown, CancellationToken.None));
        Assert.True(Assert.IsType<AmendmentResult.Done>(await rig.Submission.WithdrawAsync(id, Green, CancellationToken.None)).After.IsWithdrawn);
        Assert.IsType<AmendmentResult.Done>(await rig.Submission.WithdrawAsync(id, Green, CancellationToken.None));
        Assert.IsType<AmendmentResult.Withdrawn>(await rig.Submission.CorrectAsync(id, Green, 2, Items("111----------"), null, CancellationToken.None));

        Assert.True(Assert.Single(await rig.Own.ReadAsync("green", 10, CancellationToken.None)).IsWithdrawn);
        Assert.Empty(await rig.Observations.ReadPupilAsync(ada, [SubmissionRig.Oakfield], DateOnly.MinValue, DateOnly.MaxValue, CancellationToken.None));
        Assert.Empty(await rig.Observations.ReadSchoolAsync(SubmissionRig.Oakfield, DateOnly.MinValue, DateOnly.MaxValue, CancellationToken.None));
        Assert.Equal((2, 2), (await CountAsync(QueueName.Screenings), await CountAsync(QueueName.Audit)));
    }
}
