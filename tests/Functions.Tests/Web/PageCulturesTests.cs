using Microsoft.AspNetCore.Http;
using SchoolSignal.Pages;

namespace SchoolSignal.Functions.Tests.Web;

public sealed class PageCulturesTests
{
    private readonly PageCultures cultures = new();

    [Theory]
    [InlineData("ja", "en", "en", "ja")]
    [InlineData("xx", "ja", null, "ja")]
    [InlineData(null, "ja-JP", null, "ja")]
    [InlineData(null, "fr,en-GB;q=0.8,ja;q=0.9", null, "ja")]
    [InlineData(null, "fr,ja;q=0,en;q=0.1", "ja", "en")]
    [InlineData(null, "fr", "ja", "ja")]
    [InlineData(null, "jam", null, "en")]
    [InlineData(null, "not a; header=,", "ja", "ja")]
    [InlineData(null, null, "fr", "en")]
    public void Of_CookieBrowserDistrict_TakesTheFirstThatThereIs(string? cookie, string? browser, string? district, string expected)
    {
        var request = new DefaultHttpContext().Request;
        if (cookie is not null) request.Headers.Cookie = $"{PageCultures.CookieName}={cookie}";
        if (browser is not null) request.Headers.AcceptLanguage = browser;
        Assert.Equal(expected, cultures.Of(request, district).Name);
    }
}
