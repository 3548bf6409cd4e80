using SchoolSignal.Adapters.Mailbox;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Notifications;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Functions.Tests.Notifications;

/// <summary>The referrals that were opened, held against what became of them: lost, unexpected, duplicated, as Jepsen's total-queue
/// counts.</summary>
internal sealed class DeliveryLedger
{
    private readonly HashSet<string> opened = [];

    public int Count => opened.Count;

    /// <summary>One counsellor, and so many pupils who need one.</summary>
    public static async Task<DeliveryLedger> OpenAsync(LocalApp app, int referrals)
    {
        var ledger = new DeliveryLedger();
        await AlertRig.HireAsync(app, "green", Role.Counsellor);
        for (var i = 0; i < referrals; i++)
            ledger.opened.Add(
                Assert.IsType<ReferralChange.Opened>(await AlertRig.ScreenAsync(app, StudentKey.New(), Level.Raised, AlertRig.Thursday)).After.Id.ToString());
        return ledger;
    }

    /// <summary>Waits until every alert has ended and every referral is listed; gives up in time for the check to say what is missing.</summary>
    public async Task WaitAsync(LocalApp app, TimeSpan atMost)
    {
        var deadline = TimeProvider.System.GetUtcNow() + atMost;
        while (TimeProvider.System.GetUtcNow() < deadline)
        {
            if ((await AlertRig.LogAsync(app)).Count(n => n.HasEnded) >= Count && (await ListedAsync(app)).Count >= Count) return;
            await Task.Delay(50);
        }
    }

    /// <returns>A line of figures. Fails where anything was lost, invented or told twice.</returns>
    public async Task<string> CheckAsync(LocalApp app, string what)
    {
        Check($"{what}, worklist", opened, await ListedAsync(app));
        Check($"{what}, alerts", opened, [.. (await AlertRig.LogAsync(app)).Where(n => n.State == NotificationState.Sent).Select(n => n.Subject.Id)]);
        var keys = (await AlertRig.LogAsync(app)).Select(n => n.SendKey).ToHashSet();
        Check($"{what}, mails", keys, [.. app.Get<FolderMailbox>().Sent().Select(m => m.Key)]);
        return $"{what}: {Count} referrals, lost 0, unexpected 0, duplicate effects 0";
    }

    public static void Check(string what, HashSet<string> expected, IReadOnlyList<string> found)
    {
        var lost = expected.Except(found).Count();
        var unexpected = found.Except(expected).Count();
        var duplicates = found.Count - found.Distinct().Count();
        Assert.True((lost, unexpected, duplicates) == (0, 0, 0), $"{what}: lost {lost}, unexpected {unexpected}, duplicates {duplicates}");
    }

    private static async Task<IReadOnlyList<string>> ListedAsync(LocalApp app) =>
        [.. (await app.Get<Worklist>().ReadAsync(AlertRig.Oakfield, CancellationToken.None)).Listed.Select(r => r.Id.ToString())];
}
