using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Messaging;

namespace SchoolSignal.Domain.Tests.Feeds;

public sealed class DropEventTests
{
    [Theory]
    [InlineData("PutBlob")]
    [InlineData("PutBlockList")]
    [InlineData("FlushWithClose")]
    [InlineData("SftpCommit")]
    public void ToEnvelope_CompleteFile_IsTakenInUnderOneIdHoweverOftenItComes(string api)
    {
        var envelope = Envelope.Parse(DropEvent.ToEnvelope(Cloud(api, "attendance/2026-01-09.csv")));
        Assert.Equal(DropEvent.DroppedKind, envelope.Kind);
        Assert.Equal(("Attendance", "northdrop", "attendance/2026-01-09.csv", "0x8DE1"), (envelope["content"], envelope["account"], envelope["file"], envelope["version"]));
        Assert.StartsWith("202601-", envelope["feed"], StringComparison.Ordinal);
        Assert.True(FeedId.TryParse(envelope["feed"], out _));
        // The same event in Event Grid's own schema is the same feed.
        Assert.Equal(envelope["feed"], Envelope.Parse(DropEvent.ToEnvelope(EventGrid(api, "attendance/2026-01-09.csv")))["feed"]);
        // Another content, or another file, is another feed.
        Assert.NotEqual(envelope["feed"], Envelope.Parse(DropEvent.ToEnvelope(Cloud(api, "attendance/2026-01-09.csv", tag: "0x8DE2")))["feed"]);
        Assert.NotEqual(envelope["feed"], Envelope.Parse(DropEvent.ToEnvelope(Cloud(api, "attendance/2026-01-10.csv")))["feed"]);
    }

    [Theory]
    [InlineData("SftpCreate", "attendance/a.csv", "Microsoft.Storage.BlobCreated")]
    [InlineData("CreateFile", "attendance/a.csv", "Microsoft.Storage.BlobCreated")]
    [InlineData("DeleteBlob", "attendance/a.csv", "Microsoft.Storage.BlobDeleted")]
    [InlineData("PutBlob", "a.csv", "Microsoft.Storage.BlobCreated")]
    [InlineData("PutBlob", "elsewhere/a.csv", "Microsoft.Storage.BlobCreated")]
    [InlineData("PutBlob", "attendance/", "Microsoft.Storage.BlobCreated")]
    [InlineData("PutBlob", "attendance/.hidden", "Microsoft.Storage.BlobCreated")]
    [InlineData("PutBlob", "attendance/a.csv.part", "Microsoft.Storage.BlobCreated")]
    [InlineData("PutBlob", "staff/staff.csv", "Microsoft.Storage.BlobCreated")]
    [InlineData("PutBlob", "0/a.csv", "Microsoft.Storage.BlobCreated")]
    public void ToEnvelope_NothingToTakeIn_IsIgnoredAndNotAFailure(string api, string name, string type) =>
        Assert.Equal(DropEvent.IgnoredKind, Envelope.Parse(DropEvent.ToEnvelope(Cloud(api, name, type))).Kind);

    [Theory]
    [InlineData("roster/pupils.zip", "Roster")]
    [InlineData("Calendar/terms.ics", "Calendar")]
    [InlineData("observations/week 3/forms.jsonl", "Observations")]
    public void ToEnvelope_Folder_SaysWhatTheFileHolds(string name, string content) =>
        Assert.Equal(content, Envelope.Parse(DropEvent.ToEnvelope(Cloud("PutBlob", name)))["content"]);

    [Theory]
    [InlineData("")]
    [InlineData("not json, Microsoft.Storage.BlobCreated")]
    [InlineData("""["Microsoft.Storage.BlobCreated"]""")]
    [InlineData("""{"type":"Microsoft.Storage.BlobCreated"}""")]
    [InlineData("""{"specversion":"1.0","type":"Microsoft.Storage.BlobCreated","source":"/a","data":"text"}""")]
    public void ToEnvelope_SomethingElse_ComesBackAsItIs(string message) => Assert.Equal(message, DropEvent.ToEnvelope(message));

    [Fact]
    public void ToEnvelope_EnvelopeOfOurs_ComesBackAsItIs()
    {
        var ours = Envelope.First("feed 202601-0123456789abcdef", FeedIntake.ArrivalKind, ("feed", "202601-0123456789abcdef")).ToJson();
        Assert.Same(ours, DropEvent.ToEnvelope(ours));
        // And so does an event that was turned into one, when it is tried again.
        var dropped = DropEvent.ToEnvelope(Cloud("PutBlob", "attendance/a.csv"));
        Assert.Same(dropped, DropEvent.ToEnvelope(dropped));
    }

    private static string Cloud(string api, string name, string type = "Microsoft.Storage.BlobCreated", string tag = "0x8DE1") => $$"""
        {
          "specversion": "1.0",
          "id": "5c1b0f3e-0001-0002-0003-000000000004",
          "source": "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg-north/providers/Microsoft.Storage/storageAccounts/northdrop",
          "type": "{{type}}",
          "subject": "/blobServices/default/containers/drop/blobs/{{name}}",
          "time": "2026-01-09T17:03:12.4567890Z",
          "data": {
            "api": "{{api}}",
            "clientRequestId": "9f0a",
            "requestId": "5c1b0f3e",
            "eTag": "{{tag}}",
            "contentType": "text/csv",
            "contentLength": 4096,
            "blobType": "BlockBlob",
            "url": "https://northdrop.blob.core.windows.net/drop/{{name}}",
            "sequencer": "00000000000004420000000000028963"
          }
        }
        """;

    private static string EventGrid(string api, string name) => $$"""
        {
          "topic": "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg-north/providers/Microsoft.Storage/storageAccounts/northdrop",
          "subject": "/blobServices/default/containers/drop/blobs/{{name}}",
          "eventType": "Microsoft.Storage.BlobCreated",
          "id": "5c1b0f3e-0001-0002-0003-000000000004",
          "eventTime": "2026-01-09T17:03:12.4567890Z",
          "dataVersion": "",
          "metadataVersion": "1",
          "data": { "api": "{{api}}", "eTag": "0x8DE1", "contentLength": 4096, "blobType": "BlockBlob", "identity": "$superuser" }
        }
        """;
}
