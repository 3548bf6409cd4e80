using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;
using SchoolSignal.Functions.Hosting;
using SchoolSignal.Functions.Hosting.Azure;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.UseMiddleware<AnswerMiddleware>();
builder.Logging.WithoutAddresses();
AzureServices.Add(builder.Services, builder.Configuration);
await builder.Build().RunAsync();
