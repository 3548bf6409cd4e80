using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Functions.Hosting.Catalogue;

namespace SchoolSignal.Functions.Tests.Catalogue;

/// <summary>Each fake breaks one rule; the fault names the function and says which.</summary>
public sealed class FunctionRulesTests
{
    [Theory]
    [InlineData(typeof(ReservedName), "begins with admin or runtime")]
    [InlineData(typeof(ReservedRoute), "route that begins with admin or runtime")]
    [InlineData(typeof(OddName), "has a name that is not")]
    [InlineData(typeof(HostKey), "is not Anonymous")]
    [InlineData(typeof(NoMethods), "does not name its HTTP methods")]
    [InlineData(typeof(NoRoute), "has no route")]
    [InlineData(typeof(SlashRoute), "begins with '/'")]
    [InlineData(typeof(BrokenRoute), "cannot be read")]
    [InlineData(typeof(StrayParameter), "'name' that is not in its route")]
    [InlineData(typeof(BoundObject), "binds the route value 'id' to Object")]
    [InlineData(typeof(ReturnsText), "something else than IResult")]
    [InlineData(typeof(HttpBytes), "something else than HttpRequest")]
    [InlineData(typeof(FixedQueue), "something else than a %SETTING%")]
    [InlineData(typeof(NoAutoComplete), "AutoCompleteMessages = true")]
    [InlineData(typeof(Batched), "takes messages in batches")]
    [InlineData(typeof(NoConnection), "setting of its connection")]
    [InlineData(typeof(QueueBytes), "something else than string")]
    [InlineData(typeof(QueueAnswers), "returns something else than Task")]
    [InlineData(typeof(FixedCron), "something else than a %SETTING%")]
    [InlineData(typeof(TimerText), "something else than TimerInfo")]
    [InlineData(typeof(NoTrigger), "has not exactly one trigger parameter")]
    [InlineData(typeof(StaticFunction), "is not a public instance method")]
    [InlineData(typeof(TwoConstructors), "one public constructor")]
    [InlineData(typeof(TwoOfOneName), "Two functions are named")]
    [InlineData(typeof(TwoOfOneAddress), "answer at one address")]
    [InlineData(typeof(TwoOnOneQueue), "take from one queue")]
    public void Of_FunctionThatBreaksARule_SaysWhich(Type type, string fault)
    {
        var exception = Assert.Throws<InvalidOperationException>(() => FunctionCatalogue.Of([type]));
        Assert.Contains(fault, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_SeveralFaults_NamesThemAll()
    {
        var exception = Assert.Throws<InvalidOperationException>(() => FunctionCatalogue.Of([typeof(HostKey), typeof(NoRoute)]));
        Assert.Equal(2, exception.Message.Split(Environment.NewLine).Length);
    }

    [Fact]
    public void Snapshot_OfAllKinds_IsOrderedAndComplete() =>
        Assert.Equal(
            """
            Get | http | GET,POST | /api/things/{id:guid}
            Nightly | timer | %NIGHTLY_SCREENING_CRON% | on start | monitored
            Take | queue | %SCREENINGS_QUEUE% | sessions

            """.ReplaceLineEndings("\n"),
            FunctionCatalogue.Of([typeof(Good)]).Snapshot());

#pragma warning disable CA1822 // The hosts call functions on instances; these fakes have nothing to hold.
    public sealed class Good
    {
        [Function("Take")]
        public Task Take([ServiceBusTrigger("%SCREENINGS_QUEUE%", Connection = "ServiceBus", AutoCompleteMessages = true, IsSessionsEnabled = true)] string message, CancellationToken token) => Task.CompletedTask;

        [Function("Nightly")]
        public Task Nightly([TimerTrigger("%NIGHTLY_SCREENING_CRON%", RunOnStartup = true)] TimerInfo timer) => Task.CompletedTask;

        [Function("Get")]
        public Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "post", "get", Route = "api/things/{id:guid}")] HttpRequest request, Guid id, CancellationToken token) => Task.FromResult(Results.Ok());
    }

    public sealed class ReservedName
    {
        [Function("AdminThing")]
        public IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/x")] HttpRequest request) => Results.Ok();
    }

    public sealed class ReservedRoute
    {
        [Function("Thing")]
        public IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "runtime/x")] HttpRequest request) => Results.Ok();
    }

    public sealed class OddName
    {
        [Function("1 thing")]
        public IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/x")] HttpRequest request) => Results.Ok();
    }

    public sealed class HostKey
    {
        [Function("Thing")]
        public IResult Run([HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/x")] HttpRequest request) => Results.Ok();
    }

    public sealed class NoMethods
    {
        [Function("Thing")]
        public IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, Route = "api/x")] HttpRequest request) => Results.Ok();
    }

    public sealed class NoRoute
    {
        [Function("Other")]
        public IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request) => Results.Ok();
    }

    public sealed class SlashRoute
    {
        [Function("Thing")]
        public IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "/api/x")] HttpRequest request) => Results.Ok();
    }

    public sealed class BrokenRoute
    {
        [Function("Thing")]
        public IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/{x")] HttpRequest request) => Results.Ok();
    }

    public sealed class StrayParameter
    {
        [Function("Thing")]
        public IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/x")] HttpRequest request, string name) => Results.Ok();
    }

    public sealed class BoundObject
    {
        [Function("Thing")]
        public IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/{id}")] HttpRequest request, object id) => Results.Ok();
    }

    public sealed class ReturnsText
    {
        [Function("Thing")]
        public string Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/x")] HttpRequest request) => "";
    }

    public sealed class HttpBytes
    {
        [Function("Thing")]
        public IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/x")] byte[] request) => Results.Ok();
    }

    public sealed class FixedQueue
    {
        [Function("Thing")]
        public Task Run([ServiceBusTrigger("screenings", Connection = "ServiceBus", AutoCompleteMessages = true)] string message) => Task.CompletedTask;
    }

    public sealed class NoAutoComplete
    {
        [Function("Thing")]
        public Task Run([ServiceBusTrigger("%SCREENINGS_QUEUE%", Connection = "ServiceBus")] string message) => Task.CompletedTask;
    }

    public sealed class Batched
    {
        [Function("Thing")]
        public Task Run([ServiceBusTrigger("%SCREENINGS_QUEUE%", Connection = "ServiceBus", AutoCompleteMessages = true, IsBatched = true)] string message) => Task.CompletedTask;
    }

    public sealed class NoConnection
    {
        [Function("Thing")]
        public Task Run([ServiceBusTrigger("%SCREENINGS_QUEUE%", AutoCompleteMessages = true)] string message) => Task.CompletedTask;
    }

    public sealed class QueueBytes
    {
        [Function("Thing")]
        public Task Run([ServiceBusTrigger("%SCREENINGS_QUEUE%", Connection = "ServiceBus", AutoCompleteMessages = true)] byte[] message) => Task.CompletedTask;
    }

    public sealed class QueueAnswers
    {
        [Function("Thing")]
        public Task<IResult> Run([ServiceBusTrigger("%SCREENINGS_QUEUE%", Connection = "ServiceBus", AutoCompleteMessages = true)] string message) => Task.FromResult(Results.Ok());
    }

    public sealed class FixedCron
    {
        [Function("Thing")]
        public Task Run([TimerTrigger("0 0 4 * * *")] TimerInfo timer) => Task.CompletedTask;
    }

    public sealed class TimerText
    {
        [Function("Thing")]
        public Task Run([TimerTrigger("%NIGHTLY_SCREENING_CRON%")] string timer) => Task.CompletedTask;
    }

    public sealed class NoTrigger
    {
        [Function("Thing")]
        public Task Run(CancellationToken token) => Task.CompletedTask;
    }

    public sealed class StaticFunction
    {
        [Function("Thing")]
        public static IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/x")] HttpRequest request) => Results.Ok();
    }

    public sealed class TwoConstructors
    {
        public TwoConstructors()
        {
        }

        public TwoConstructors(int number) => Number = number;

        public int Number { get; }

        [Function("Thing")]
        public IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/x")] HttpRequest request) => Results.Ok();
    }

    public sealed class TwoOfOneName
    {
        [Function("Thing")]
        public IResult One([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/x")] HttpRequest request) => Results.Ok();

        [Function("thing")]
        public IResult Two([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/y")] HttpRequest request) => Results.Ok();
    }

    public sealed class TwoOfOneAddress
    {
        [Function("One")]
        public IResult One([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/x")] HttpRequest request) => Results.Ok();

        [Function("Two")]
        public IResult Two([HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", Route = "api/X")] HttpRequest request) => Results.Ok();
    }

    public sealed class TwoOnOneQueue
    {
        [Function("One")]
        public Task One([ServiceBusTrigger("%URGENT_QUEUE%", Connection = "ServiceBus", AutoCompleteMessages = true)] string message) => Task.CompletedTask;

        [Function("Two")]
        public Task Two([ServiceBusTrigger("%URGENT_QUEUE%", Connection = "ServiceBus", AutoCompleteMessages = true)] string message) => Task.CompletedTask;
    }
}
