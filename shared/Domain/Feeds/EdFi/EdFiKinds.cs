namespace SchoolSignal.Domain.Feeds.EdFi;

/// <summary>The Ed-Fi entities that are read here.</summary>
internal enum EdFiKind
{
    Other,
    SchoolEvent,
    SectionEvent,
    Calendar,
    CalendarDate,
    Session,
    GradingPeriod,
    Enrollment,
    Student,
}

/// <summary>Tells what a record is: by its element or collection where it has a name, else, as in an array that the API
/// answers, by the fields that only one entity has.</summary>
internal static class EdFiKinds
{
    private static readonly (string Entity, EdFiKind Kind)[] Named =
    [
        ("StudentSchoolAttendanceEvent", EdFiKind.SchoolEvent), ("StudentSectionAttendanceEvent", EdFiKind.SectionEvent),
        ("Calendar", EdFiKind.Calendar), ("CalendarDate", EdFiKind.CalendarDate), ("Session", EdFiKind.Session),
        ("GradingPeriod", EdFiKind.GradingPeriod), ("StudentSchoolAssociation", EdFiKind.Enrollment), ("Student", EdFiKind.Student),
    ];

    public static EdFiKind Of(EdFiRecord record)
    {
        if (record.Type is null) return ByFields(record);
        foreach (var (entity, kind) in Named)
            if (EdFiValues.IsType(record.Type, entity)) return kind;
        return EdFiKind.Other;
    }

    private static EdFiKind ByFields(EdFiRecord record) =>
        Has(record, "EventDate") || Has(record, "AttendanceEventCategoryDescriptor") || Has(record, "AttendanceEventCategory")
            ? Has(record, "SectionIdentifier") ? EdFiKind.SectionEvent : EdFiKind.SchoolEvent
        : Has(record, "EntryDate") ? EdFiKind.Enrollment
        : Has(record, "SessionName") && Has(record, "BeginDate") ? EdFiKind.Session
        : Has(record, "GradingPeriodDescriptor") || Has(record, "GradingPeriod") ? EdFiKind.GradingPeriod
        : Has(record, "CalendarEventDescriptor") || Has(record, "CalendarEvent") ? EdFiKind.CalendarDate
        : Has(record, "CalendarCode") && Has(record, "CalendarTypeDescriptor") ? EdFiKind.Calendar
        : Has(record, "LastSurname") || (Has(record, "StudentUniqueId") && record.HasTop("keyValues")) ? EdFiKind.Student
        : EdFiKind.Other;

    private static bool Has(EdFiRecord record, string name) => !record.Find(name).IsEmpty;
}
