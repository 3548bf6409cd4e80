using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace SchoolSignal.Testing.Azurite;

/// <summary>What is done to one call on its way.</summary>
public enum WireFault
{
    None,
    /// <summary>The service does it, and its answer never comes.</summary>
    LoseReply,
    /// <summary>The service never sees it, and no answer comes.</summary>
    LoseRequest,
    /// <summary>The service never does it, and answers that it is busy.</summary>
    Busy,
    /// <summary>The service does it, and answers that it failed.</summary>
    FailAfter,
}

/// <summary>A call as it went over the wire.</summary>
/// <param name="Bytes">Of the request's body.</param>
/// <param name="Body">As text.</param>
public sealed record WireCall(string Method, string Path, string Query, long Bytes, string Body, TimeSpan At);

/// <summary>Stands between an Azure client and its service: writes down every call, and makes those fail that it is told to.</summary>
public sealed class WireTap : HttpPipelineTransport, IDisposable
{
    private readonly HttpClientTransport wire = new();
    private readonly long started = TimeProvider.System.GetTimestamp();

    public ConcurrentQueue<WireCall> Calls { get; } = [];

    /// <summary>Asked for each call before it goes out.</summary>
    public Func<WireCall, WireFault> Fault { get; set; } = _ => WireFault.None;

    /// <summary>Run after a call that is to lose its answer, before its sender hears of it.</summary>
    public Func<Task> Meanwhile { get; set; } = () => Task.CompletedTask;

    public void Dispose() => wire.Dispose();

    public override Request CreateRequest() => wire.CreateRequest();

    public override void Process(HttpMessage message) => ProcessAsync(message).AsTask().GetAwaiter().GetResult();

    public override async ValueTask ProcessAsync(HttpMessage message)
    {
        var call = await ReadAsync(message.Request);
        Calls.Enqueue(call);
        var fault = Fault(call);
        if (fault is WireFault.None or WireFault.LoseReply or WireFault.FailAfter) await wire.ProcessAsync(message);
        if (fault == WireFault.None) return;
        await Meanwhile();
        message.Response = fault is WireFault.Busy or WireFault.FailAfter
            ? new Answer(fault == WireFault.Busy ? 503 : 500)
            : throw new RequestFailedException("No answer.", new IOException("The connection was cut."));
    }

    private async Task<WireCall> ReadAsync(Request request)
    {
        using var body = new MemoryStream();
        if (request.Content is { } content) await content.WriteToAsync(body, CancellationToken.None);
        var uri = request.Uri.ToUri();
        return new WireCall(
            request.Method.Method, Uri.UnescapeDataString(uri.AbsolutePath), Uri.UnescapeDataString(uri.Query),
            body.Length, System.Text.Encoding.UTF8.GetString(body.GetBuffer(), 0, (int)body.Length), TimeProvider.System.GetElapsedTime(started));
    }

    private sealed class Answer(int status) : Response
    {
        public override int Status => status;

        public override string ReasonPhrase => "";

        public override Stream? ContentStream { get; set; } = new MemoryStream();

        public override string ClientRequestId { get; set; } = "";

        public override void Dispose()
        {
            // Nothing is held.
        }

        protected override bool ContainsHeader(string name) => false;

        protected override IEnumerable<HttpHeader> EnumerateHeaders() => [];

        protected override bool TryGetHeader(string name, [NotNullWhen(true)] out string? value)
        {
            value = null;
            return false;
        }

        protected override bool TryGetHeaderValues(string name, [NotNullWhen(true)] out IEnumerable<string>? values)
        {
            values = null;
            return false;
        }
    }
}
