namespace SchoolSignal.Pages;

/// <param name="Key">The words are <c>KEY.Title</c> and <c>KEY.Text</c>.</param>
/// <param name="Detail">Fills <c>{0}</c> of the text.</param>
public sealed record NoticeModel(string Key, string? Detail = null);
