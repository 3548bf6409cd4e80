using Microsoft.Extensions.DependencyInjection;
using SchoolSignal.Domain.Attendance.Ledger;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.Backups;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Erasure;
using SchoolSignal.Domain.Erasure.Files;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Notifications;
using SchoolSignal.Domain.Observations;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Referrals.Cases;
using SchoolSignal.Domain.Referrals.Worklists;
using SchoolSignal.Domain.Reports.Measures;
using SchoolSignal.Domain.Reports.Privacy;
using SchoolSignal.Domain.Reports.Releases;
using SchoolSignal.Domain.Retention;
using SchoolSignal.Domain.Roster;
using SchoolSignal.Domain.Roster.Directories;
using SchoolSignal.Domain.Screening.Runs;
using SchoolSignal.Domain.Students;
using SchoolSignal.Functions.Hosting.Catalogue;
using SchoolSignal.Functions.Observations;
using SchoolSignal.Functions.SignIn;
using SchoolSignal.Pages;

namespace SchoolSignal.Functions.Hosting;

/// <summary>What both hosts register beside their adapters: the function classes and the domain services behind them.
/// The ports and TimeProvider come from the host.</summary>
public static class AppServices
{
    public static IServiceCollection AddSchoolSignal(this IServiceCollection services, FunctionCatalogue catalogue, DistrictId district)
    {
        services.AddSingleton(catalogue);
        foreach (var type in catalogue.Classes) services.AddScoped(type);
        services.AddSingleton<QueueWork>();
        services.AddPages();
        services.AddSingleton<Gate>();
        services.AddSingleton<PupilReferences>();
        services.AddScoped<ObservationDesk>();
        return services.AddDomain(district);
    }

    private static IServiceCollection AddDomain(this IServiceCollection services, DistrictId district)
    {
        services.AddSingleton(typeof(DistrictId), district);
        foreach (var service in DomainServices) services.AddSingleton(service);
        return services;
    }

    /// <summary>Stateless services over the ports; one of each serves every call.</summary>
    private static readonly Type[] DomainServices =
    [
        typeof(PupilPartitions), typeof(Outbox), typeof(OutboxSweeper), typeof(FailureStore), typeof(DeadLetters), typeof(DistrictSettingsStore), typeof(SettingsChanges), typeof(SchoolRegistry), typeof(CalendarStore),
        typeof(FreshnessReading), typeof(DistrictWatch), typeof(DistrictOverviews), typeof(DistrictChanges), typeof(CalendarMonths), typeof(RulePreviews), typeof(RuleProposals), typeof(RulePreviewRun),
        typeof(DirectoryKeys), typeof(StudentDirectory), typeof(DirectoryRekey), typeof(Enrollments), typeof(OptOuts),
        typeof(SchoolRolls), typeof(LedgerWriter), typeof(LedgerReader), typeof(BaselineUpdate),
        typeof(FeedStore), typeof(FeedIntake), typeof(FeedDrop), typeof(FeedArrival), typeof(FeedSplitter), typeof(UnassignedRows), typeof(SchoolYears),
        typeof(BatchApplier), typeof(FeedCompletion), typeof(FailedFeeds), typeof(AbandonedBatches), typeof(LedgerWithdrawal), typeof(CalendarChange), typeof(RefusedRows), typeof(DistrictFormatsStore),
        typeof(RosterIntake), typeof(CalendarIntake), typeof(ObservationIntake),
        typeof(ObservationStore), typeof(Observers), typeof(OwnSubmissions), typeof(ObservationSubmission), typeof(OwnPupils), typeof(SafeguardingContactStore), typeof(UrgentConcerns),
        typeof(SchoolReading), typeof(RuleSets), typeof(TriggerFeeds), typeof(ScreeningRuns), typeof(NightlySweep),
        typeof(ReferralStore), typeof(WorklistProjection), typeof(Worklist), typeof(WorklistListings), typeof(WeeklyCap),
        typeof(WorklistVisits), typeof(CounsellorWorklist), typeof(CaseFiles), typeof(CaseWork), typeof(RegisterAge), typeof(DistrictToday),
        typeof(PupilMarks), typeof(SubjectAccess), typeof(PupilSearch), typeof(CaseloadDesk),
        typeof(AuditKeys), typeof(AuditChains), typeof(AuditTrail), typeof(DisclosureLog), typeof(AuditSeals), typeof(AuditRetention), typeof(AuditVerifier), typeof(Disclosures), typeof(AuditSearch), typeof(AuditDesk),
        typeof(NotificationLog), typeof(NotificationSettingsStore), typeof(NotificationTemplates), typeof(NotificationRelevance), typeof(NotificationContents),
        typeof(NotificationFailures), typeof(NotificationDelivery), typeof(SendingRate), typeof(SchoolDayCheck), typeof(ReferralNotifications),
        typeof(ReferralEscalation), typeof(WeeklyDigests), typeof(OpenItems), typeof(CounsellorReminders), typeof(UrgentWatch), typeof(ConcernDesk),
        typeof(ReferralCounting), typeof(PeriodCounting), typeof(ReportStore), typeof(ReportArchive), typeof(ReportSettingsStore), typeof(ReportProtection),
        typeof(PrivacyLedger), typeof(ReportDrafts), typeof(ReportDesk), typeof(ReportSchedule), typeof(MonthlyReportMail), typeof(ReportReading),
        typeof(Tombstones), typeof(BackupKeys), typeof(KnownPartitions), typeof(RowErasure), typeof(LedgerErasure), typeof(ArchiveErasure), typeof(PupilErasure),
        typeof(Backup), typeof(BackupKeyFile), typeof(Restore), typeof(RetentionSweep),
        typeof(StaffStore), typeof(StaffIntake), typeof(DirectoryReader), typeof(DirectorySync), typeof(ClassIntake), typeof(StaffCallers), typeof(ClassStore), typeof(PupilRelations),
    ];
}
