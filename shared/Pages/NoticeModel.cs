namespace SchoolSignal.Pages;

/// <param name="Key">The words are <c>KEY.Title</c> and <c>KEY.Text</c>.</param>
public sealed record NoticeModel(string Key);
