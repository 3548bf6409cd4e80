using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using SchoolSignal.Functions.Hosting.Catalogue;

namespace SchoolSignal.Functions.Hosting.Local;

/// <summary>Calls a function: a scope of its own, the class from it, the parameters from the caller.</summary>
internal sealed class FunctionInvoker(IServiceScopeFactory scopes)
{
    /// <summary>What the function returned: an <c>IResult</c>, or null from a function without an answer.</summary>
    /// <param name="bind">Gives the value of a parameter.</param>
    public async Task<object?> InvokeAsync(FunctionBinding function, Func<ParameterInfo, object?> bind)
    {
        await using var scope = scopes.CreateAsyncScope();
        var arguments = new object?[function.Parameters.Count];
        for (var i = 0; i < arguments.Length; i++) arguments[i] = bind(function.Parameters[i]);

        var instance = scope.ServiceProvider.GetRequiredService(function.Class);
        var returned = function.Method.Invoke(instance, BindingFlags.DoNotWrapExceptions, null, arguments, null);
        if (returned is Task<Microsoft.AspNetCore.Http.IResult> answer) return await answer;
        if (returned is not Task task) return returned;
        await task;
        return null;
    }
}
