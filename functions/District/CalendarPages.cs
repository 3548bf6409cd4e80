using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Functions.SignIn;
using SchoolSignal.Pages;
using SchoolSignal.Pages.District;

namespace SchoolSignal.Functions.District;

/// <summary>A school's calendar by month, and the way in for a calendar file.</summary>
public sealed class CalendarPages(
    CalendarMonths months, FeedIntake intake, DistrictToday calendar, Gate gate, PageRenderer pages)
{
    [Function("CalendarPage")]
    public async Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "district/calendars")] HttpRequest request, CancellationToken cancellationToken)
    {
        var admission = await gate.AskAsync(request, AccessAction.ReadSettings, AccessSubject.Of(null), cancellationToken);
        return admission.Refusal ?? await ShowAsync(request, admission.Caller, FormState.Of(new Dictionary<string, string>()), cancellationToken);
    }

    [Function("ImportCalendarPage")]
    public async Task<IResult> Import(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "district/calendars")] HttpRequest request, CancellationToken cancellationToken)
    {
        var admission = await gate.AskAsync(request, AccessAction.ChangeSettings, AccessSubject.Of(null), cancellationToken);
        if (admission.Refusal is { } refused) return refused;
        if (await pages.RefuseFormAsync(request, admission.Caller, cancellationToken) is { } notOurs) return notOurs;
        var fields = await request.ReadFormAsync(cancellationToken);
        var form = new DistrictForm(fields);
        if (fields.Files["file"] is { Length: > 0 } file)
        {
            await using var content = file.OpenReadStream();
            var taken = await intake.ReceiveAsync(content, new FeedRequest(FeedContent.Calendar, FileName: file.FileName), Antiforgery.MaxBytes, null, cancellationToken);
            if (taken is IntakeResult.Accepted accepted) return new SeeOther($"/district/feeds/{accepted.Status.Id}");
        }
        form.Fail("file", "District.Error.NoFile");
        return await ShowAsync(request, admission.Caller, form.Back(new Dictionary<string, string>()), cancellationToken);
    }

    private async Task<IResult> ShowAsync(HttpRequest request, Caller caller, FormState form, CancellationToken cancellationToken)
    {
        var month = DateOnly.TryParseExact(request.Query["month"], "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out var asked)
            ? asked
            : await calendar.DateAsync(cancellationToken);
        SchoolId? school = SchoolId.TryParse(request.Query["school"].ToString(), out var id) ? id : null;
        var read = await months.ReadAsync(school, month, cancellationToken);
        var model = new CalendarModel(
            read.Schools, read.School, read.Month, WeeksOf(read), read.SchoolDays, read.Basis, form);
        return await pages.RenderAsync<CalendarPage, CalendarModel>(
            request, caller, model, cancellationToken, form.HasErrors ? StatusCodes.Status400BadRequest : StatusCodes.Status200OK);
    }

    /// <summary>Monday to Sunday, with nothing where the month has no such day.</summary>
    private static IReadOnlyList<IReadOnlyList<CalendarCell?>> WeeksOf(CalendarMonth month)
    {
        var before = ((int)month.Month.DayOfWeek + 6) % 7;
        var cells = Enumerable.Repeat<CalendarCell?>(null, before)
            .Concat(month.Days.Select(day => new CalendarCell(day.Date, day.IsInstructional, day.Reason))).ToList();
        while (cells.Count % 7 != 0) cells.Add(null);
        return [.. cells.Chunk(7)];
    }
}
