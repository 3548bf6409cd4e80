using System.Buffers;
using System.Text;
using System.Text.Json;

namespace SchoolSignal.Functions.Hosting.Local.Commands;

/// <summary>One indented JSON document written in parts, so that its size does not matter.</summary>
internal sealed class JsonStream : IDisposable
{
    private readonly ArrayBufferWriter<byte> buffer = new(1 << 16);
    private readonly TextWriter output;

    public JsonStream(TextWriter output)
    {
        this.output = output;
        Json = new Utf8JsonWriter(buffer, JsonOutput.Indented);
    }

    public Utf8JsonWriter Json { get; }

    /// <summary>Hands on what has been written so far.</summary>
    public void Flush()
    {
        Json.Flush();
        output.Write(Encoding.UTF8.GetString(buffer.WrittenSpan));
        buffer.ResetWrittenCount();
    }

    /// <summary>Hands on the rest and ends the line.</summary>
    public void End()
    {
        Flush();
        output.WriteLine();
    }

    public void Dispose() => Json.Dispose();
}
